//! The sockets that the server listens on: one for everybody, and, if it is wanted, one for programs of this machine.

use std::future::pending;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::Failure;
use super::patience::patiently;
use crate::config::Config;
use crate::http::durable;
use crate::http::router::router;
use crate::http::shutdown::{GRACE, Shutdown};
use crate::http::state::AppState;

/// Who connects waits until somebody answers.
pub(super) struct Listeners {
    everybody: TcpListener,
    this_machine: Option<TcpListener>,
}

impl Listeners {
    /// Takes the ports, or says which one is taken.
    pub(super) async fn bind(config: &Config) -> Result<Self, Failure> {
        let everybody = bind(config.listen).await?;
        let this_machine = match config.rpc_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { everybody, this_machine })
    }

    /// Where everybody connects, with the port that the system chose if it was to choose.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.everybody.local_addr()
    }

    /// Answers until the process is told to stop and open requests are answered, or their time is over.
    pub(super) async fn serve(self, state: AppState, shutdown: &Shutdown) -> Result<(), Failure> {
        let rpc = match self.this_machine {
            Some(listener) => {
                let address = listener.local_addr()?;
                tracing::info!("listening on http://{address} for programs of this machine, without tokens");
                println!("Durable Functions RPC: http://{address}/durabletask/");
                Some(answer(listener, durable::rpc(state.clone(), address), shutdown.clone()))
            }
            None => None,
        };
        tracing::info!("listening on http://{}", state.config.listen);
        println!("Countersign: {}", state.config.base_url);
        let portal = answer(self.everybody, router(state)?, shutdown.clone());
        let both = async {
            match rpc {
                Some(rpc) => tokio::try_join!(portal, rpc).map(|((), ())| ()),
                None => portal.await,
            }
        };
        tokio::select! {
            served = both => served?,
            () = overdue(shutdown) => tracing::warn!("stopping although requests are still open"),
        }
        Ok(())
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let is_taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
    let listener = patiently(is_taken, || TcpListener::bind(address)).await;
    listener.map_err(|error| format!("cannot listen on {address}: {error}").into())
}

async fn answer(listener: TcpListener, router: Router, shutdown: Shutdown) -> io::Result<()> {
    // Answers are small and written whole; waiting for more to send would only delay them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection keeps TCP's delay: {error}");
        }
    });
    axum::serve(listener, router).with_graceful_shutdown(async move { shutdown.begun().await }).await
}

/// Returns when the time for open requests is over.
async fn overdue(shutdown: &Shutdown) {
    shutdown.begun().await;
    let _ = timeout(GRACE, pending::<()>()).await;
}
