//! The guarded HTTP client.

use std::error::Error;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response};
use rustls::ClientConfig;
use tokio::time::timeout;

use super::guard::Guard;
use super::target::{Host, Target};
use super::tls;
use crate::portal::ports::{Outbound, OutboundAnswer, OutboundError, OutboundRequest};

/// How long [`Outbound::admit`] waits for a name.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the client calls itself.
const NAME: &str = concat!("Countersign/", env!("CARGO_PKG_VERSION"));

/// Where names are resolved.
#[async_trait]
pub(super) trait Names: Send + Sync + 'static {
    /// Every address of a name, with the port.
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
}

/// What was resolved and checked before, whatever name is asked for: the connection cannot go anywhere else.
struct Pinned(Vec<SocketAddr>);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(ready(Ok(addresses)))
    }
}

/// An HTTP client that connects only where it may. Cloning is cheap.
#[derive(Clone)]
pub struct GuardedClient {
    guard: Arc<Guard>,
    names: Arc<dyn Names>,
    pub(super) tls: Arc<OnceLock<Result<ClientConfig, String>>>,
}

impl GuardedClient {
    /// A client that may ask public addresses and those in one of `allowed`. The authorities of TLS are read with the first request.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self::resolving(allowed, Arc::new(SystemNames))
    }

    pub(super) fn resolving(allowed: Vec<IpNet>, names: Arc<dyn Names>) -> Self {
        Self { guard: Arc::new(Guard::new(allowed)), names, tls: Arc::default() }
    }

    /// The addresses of a target, resolved once and all of them checked.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let addresses = match &target.host {
            Host::Address(address) => vec![SocketAddr::new(*address, target.port)],
            Host::Name(name) => self
                .names
                .resolve(name, target.port)
                .await
                .map_err(|error| OutboundError::Failed(format!("The name {name} cannot be resolved: {error}.")))?,
        };
        // One address that may not be asked is enough: which of them would be taken is not for the name's owner to choose.
        if addresses.iter().all(|address| self.guard.admits(address.ip())) {
            return Ok(addresses);
        }
        Err(OutboundError::Refused(
            "This leads to an address that is not public. An administrator can allow it with COUNTERSIGN_ALLOW_ADDRESSES."
                .to_owned(),
        ))
    }

    /// A client for one request: what is checked for one must not be used for another.
    fn client(&self, addresses: Vec<SocketAddr>) -> Result<Client, OutboundError> {
        let tls = self.tls.get_or_init(tls::config).clone().map_err(OutboundError::Failed)?;
        Client::builder()
            .tls_backend_preconfigured(tls)
            .tls_info(true)
            .dns_resolver(Pinned(addresses))
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .user_agent(NAME)
            .build()
            .map_err(failed)
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<OutboundAnswer, OutboundError> {
        let target = Target::parse(&request.url)?;
        let begun = Instant::now();
        let client = self.client(self.addresses(&target).await?)?;
        let mut sending = match request.body {
            Some(body) => client.post(target.url).body(body),
            None => client.get(target.url),
        };
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        let answer = sending.send().await.map_err(failed)?;
        let latency = begun.elapsed();
        Ok(OutboundAnswer {
            status: answer.status().as_u16(),
            certificate_expires_at: answer.extensions().get::<TlsInfo>().and_then(tls::expiry),
            latency,
            body: beginning(answer, request.keep_body).await?,
        })
    }
}

#[async_trait]
impl Outbound for GuardedClient {
    async fn send(&self, request: OutboundRequest) -> Result<OutboundAnswer, OutboundError> {
        let limit = request.timeout;
        match timeout(limit, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::Failed(format!("There was no whole answer within {limit:?}."))),
        }
    }

    async fn admit(&self, url: &str) -> Result<(), OutboundError> {
        let target = Target::parse(url)?;
        match timeout(PATIENCE, self.addresses(&target)).await {
            Ok(Err(OutboundError::Refused(why))) => Err(OutboundError::Refused(why)),
            Ok(Ok(_) | Err(OutboundError::Failed(_))) | Err(_) => Ok(()),
        }
    }
}

/// At most `most` bytes of the body, as text.
async fn beginning(mut answer: Response, most: usize) -> Result<String, OutboundError> {
    let mut kept = Vec::new();
    while kept.len() < most {
        let Some(chunk) = answer.chunk().await.map_err(failed)? else { break };
        kept.extend_from_slice(&chunk[..chunk.len().min(most - kept.len())]);
    }
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

/// The innermost cause in words. Never the address: it may hold a secret.
fn failed(error: reqwest::Error) -> OutboundError {
    let what = if error.is_connect() { "No connection could be made" } else { "The exchange failed" };
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    OutboundError::Failed(format!("{what}: {cause}."))
}
