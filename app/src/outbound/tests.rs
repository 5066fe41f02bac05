//! The client against real servers on this machine.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::client::Names;
use super::{GuardedClient, allowed_networks, tls};
use crate::portal::Time;
use crate::portal::ports::{Outbound, OutboundAnswer, OutboundError, OutboundRequest};

/// A server that answers one connection with `answer`; joined, it gives the request that it got.
fn server(address: &str, answer: &'static str) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind((address, 0)).expect("a free port");
    let place = listener.local_addr().expect("an address");
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        exchange(&mut stream, answer)
    });
    (place, served)
}

fn exchange(stream: &mut (impl Read + Write), answer: &str) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while !is_whole(&request) {
        let read = stream.read(&mut buffer).expect("readable");
        assert!(read > 0, "the client went away");
        request.extend_from_slice(&buffer[..read]);
    }
    stream.write_all(answer.as_bytes()).expect("writable");
    stream.flush().expect("writable");
    String::from_utf8(request).expect("text")
}

/// Whether the head is there, and as much of a body as it announces.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let announced: Option<usize> =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= announced.unwrap_or(0)
}

fn get(url: String) -> OutboundRequest {
    OutboundRequest { url, body: None, headers: Vec::new(), timeout: Duration::from_secs(10), keep_body: 1_000 }
}

fn client(allowed: &str) -> GuardedClient {
    GuardedClient::new(allowed_networks(allowed).expect("a list"))
}

#[tokio::test]
async fn an_answer_has_its_status_the_beginning_of_its_body_and_its_time() {
    let (place, served) = server("127.0.0.1", "HTTP/1.1 418 x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nshort");
    let request = OutboundRequest { keep_body: 3, ..get(format!("http://{place}/a?b=c")) };
    let answer = client("127.0.0.1").send(request).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str(), answer.certificate_expires_at), (418, "sho", None));
    assert!(answer.latency > Duration::ZERO);
    let request = served.join().expect("served");
    assert!(request.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("user-agent: Countersign/"), "{request}");
}

#[tokio::test]
async fn a_body_is_posted_with_its_headers() {
    let (place, served) = server("127.0.0.1", "HTTP/1.1 204 x\r\nconnection: close\r\n\r\n");
    let headers = vec![("x-signature".to_owned(), "abc".to_owned())];
    let request = OutboundRequest { body: Some(b"{}".to_vec()), headers, ..get(format!("http://{place}/hook")) };
    assert_eq!(client("127.0.0.0/8").send(request).await.expect("an answer").status, 204);
    let request = served.join().expect("served");
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n") && request.contains("x-signature: abc\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{}"), "{request}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let answer =
        "HTTP/1.1 302 x\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (place, served) = server("127.0.0.1", answer);
    let answer = client("127.0.0.0/8").send(get(format!("http://{place}/"))).await.expect("an answer");
    assert_eq!(answer.status, 302);
    served.join().expect("served once");
}

#[tokio::test]
async fn what_is_not_public_is_refused_unless_it_is_allowed() {
    let (place, served) = server("127.0.0.1", "HTTP/1.1 200 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let port = place.port();
    let spellings = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"];
    for host in spellings {
        let url = format!("http://{host}:{port}/");
        let closed = client("10.0.0.0/8");
        assert!(matches!(closed.admit(&url).await, Err(OutboundError::Refused(_))), "{host}");
        let sent = closed.send(get(url)).await;
        assert!(matches!(sent, Err(OutboundError::Refused(_))), "{host}: {sent:?}");
    }
    // The first connection that the server sees is the one that may be made.
    client("127.0.0.1").send(get(format!("http://{place}/allowed"))).await.expect("an answer");
    assert!(served.join().expect("served").starts_with("GET /allowed "));
}

#[tokio::test]
async fn what_is_not_plain_http_is_refused_before_anything_is_sent() {
    let open = client("0.0.0.0/0,::/0");
    for url in ["ftp://127.0.0.1/", "http://ana:secret@127.0.0.1/", "http://ana@127.0.0.1/", "nothing"] {
        assert!(matches!(open.send(get(url.into())).await, Err(OutboundError::Refused(_))), "{url}");
        assert!(matches!(open.admit(url).await, Err(OutboundError::Refused(_))), "{url}");
    }
}

/// A name that changes its mind: each look-up gives the next of its addresses, the last one for ever.
struct Rebinding {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Rebinding {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = |list: &&[&str]| list.iter().map(|text| text.parse().expect("an address")).collect();
        Arc::new(Self { answers: answers.iter().map(parsed).collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Names for Rebinding {
    async fn resolve(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = &self.answers[asked.min(self.answers.len() - 1)];
        Ok(answer.iter().map(|address| SocketAddr::new(*address, port)).collect())
    }
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let (place, served) = server("127.0.0.2", "HTTP/1.1 200 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let names = Rebinding::new(&[&["127.0.0.2"], &["127.0.0.3"]]);
    let client = GuardedClient::resolving(allowed_networks("127.0.0.2").expect("a list"), names.clone());
    let url = format!("http://sly.example:{}/", place.port());
    assert_eq!(client.send(get(url.clone())).await.expect("an answer").status, 200);
    let request = served.join().expect("served");
    assert!(request.contains("host: sly.example:"), "{request}");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1, "a name is resolved once for a request");
    assert!(matches!(client.send(get(url)).await, Err(OutboundError::Refused(_))), "the next request checks again");
}

#[tokio::test]
async fn a_name_with_one_address_that_is_not_allowed_is_refused() {
    let names = Rebinding::new(&[&["93.184.215.14", "10.0.0.1"]]);
    let client = GuardedClient::resolving(Vec::new(), names);
    assert!(matches!(client.send(get("http://sly.example/".into())).await, Err(OutboundError::Refused(_))));
}

#[tokio::test]
async fn a_server_that_says_nothing_or_is_not_there_is_a_failure_with_a_sentence() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let request = OutboundRequest {
        timeout: Duration::from_millis(50),
        ..get(format!("http://{}/?secret=1", silent.local_addr().expect("an address")))
    };
    let open = client("127.0.0.0/8");
    let sentence = |sent: Result<OutboundAnswer, OutboundError>| match sent {
        Err(OutboundError::Failed(sentence)) => sentence,
        other => panic!("{other:?}"),
    };
    let slow = sentence(open.send(request.clone()).await);
    assert!(slow.contains("50ms"), "{slow}");
    drop(silent);
    let request = OutboundRequest { timeout: Duration::from_secs(10), ..request };
    let gone = sentence(open.send(request).await);
    assert!(gone.starts_with("No connection could be made: ") && !gone.contains("secret"), "{gone}");
}

#[tokio::test]
async fn over_tls_the_end_of_the_certificate_is_told_and_who_is_not_trusted_is_refused() {
    let certificate = CertificateDer::from(include_bytes!("fixtures/certificate.der").to_vec());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a root");
    let trusting = client("127.0.0.1");
    assert!(trusting.tls.set(tls::trusting(roots)).is_ok());

    let (url, served) = tls_server(certificate.clone());
    let answer = trusting.send(get(url)).await.expect("an answer");
    // 2120-01-01 00:00:00 UTC.
    assert_eq!((answer.status, answer.certificate_expires_at), (200, Some(Time(4_733_510_400_000_000))));
    assert!(served.join().expect("served"));

    let (url, served) = tls_server(certificate);
    let refused = client("127.0.0.1").send(get(url)).await;
    assert!(matches!(&refused, Err(OutboundError::Failed(why)) if why.contains("certificate")), "{refused:?}");
    assert!(!served.join().expect("served"));
}

/// A server that speaks TLS once; joined, whether a request came through.
fn tls_server(certificate: CertificateDer<'static>) -> (String, JoinHandle<bool>) {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(include_bytes!("fixtures/key.der").to_vec()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate with its key");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).expect("a connection"), stream);
        let mut request = [0; 4_096];
        if !matches!(stream.read(&mut request), Ok(1..)) {
            return false;
        }
        let answer = b"HTTP/1.1 200 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).and_then(|()| stream.flush()).is_ok()
    });
    (url, served)
}
