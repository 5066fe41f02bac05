//! What the portal asks of the outside besides the database: passwords, keys, what is fetched from other servers, and
//! the drawing of attachments.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::audit::CheckpointSigner;
use super::clock::Time;
use super::code::CodeSigner;
use super::error::Result;
use super::file::FileKind;
use super::ids::RequestId;
use super::link::KeyId;
use super::previews::Unshowable;
use super::webhooks::WebhookSigner;

/// Hashes and checks passwords, away from the writer and with bounded concurrency: each takes tens of milliseconds and megabytes.
#[async_trait]
pub trait Passwords: Send + Sync + 'static {
    /// The hash to store. [`super::PortalError::Unavailable`] when too many wait already.
    async fn hash(&self, password: String) -> Result<String>;

    /// Whether the password is the one of `hash`. Without a hash it takes as long and says no, so that the time tells nothing.
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool>;
}

/// The ring of signing keys, as far as the rules need it: which key signs what is minted now, mailed codes, the secrets
/// of webhooks, and the checkpoints of the audit log.
pub trait KeyRing: CheckpointSigner + CodeSigner + WebhookSigner {
    /// The key for new links.
    fn active_key(&self) -> KeyId;
}

/// The whole addresses of pages, for what leaves the portal. They need a session to be seen.
pub trait Addresses: Send + Sync + 'static {
    /// A request's page.
    fn request(&self, id: RequestId) -> String;

    /// A monitor's page.
    fn monitor(&self, id: Uuid) -> String;
}

/// One HTTP request to an address that somebody typed.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundRequest {
    /// The whole address, `http` or `https`.
    pub url: String,
    /// What is posted; without it the request is a GET.
    pub body: Option<Vec<u8>>,
    /// More headers, as name and value. They may hold secrets.
    pub headers: Vec<(String, String)>,
    /// How long everything together may take, from the resolution of the name to the end of what is kept of the answer.
    pub timeout: Duration,
    /// At most so many bytes of the answer's body are read.
    pub keep_body: usize,
}

/// Neither body nor headers, nor the query of the address: they may hold secrets.
impl std::fmt::Debug for OutboundRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundRequest").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// What came back, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The beginning of the body; what is not UTF-8 is replaced.
    pub body: String,
    /// From the resolution of the name to the head of the answer.
    pub latency: Duration,
    /// When the server's certificate ends; `None` without TLS.
    pub certificate_expires_at: Option<Time>,
}

/// Whether an address starts as those of web servers do: what a form can say of it together with everything else that is wrong.
pub fn is_web_address(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()))
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address may not be asked: not HTTP, not public, with a password in it. The sentence says which, for people.
    #[error("{0}")]
    Refused(String),
    /// It was tried and did not work: name, connection, TLS, time. The sentence says which, for people.
    #[error("{0}")]
    Failed(String),
}

/// The way out to servers whose addresses people typed. It follows no redirect, uses no proxy, and connects only to addresses
/// that are public or named in the configuration, however the name resolves at that moment.
#[async_trait]
pub trait Outbound: Send + Sync + 'static {
    /// Sends one request, once.
    async fn send(&self, request: OutboundRequest) -> std::result::Result<OutboundAnswer, OutboundError>;

    /// Whether `url` may be asked as things stand now: what a form checks before it is accepted. Connects to nothing. A name that
    /// does not resolve yet is no reason to refuse; what it leads to later is checked again by each [`Outbound::send`].
    async fn admit(&self, url: &str) -> std::result::Result<(), OutboundError>;
}

/// A page as a picture, which holds nothing of its file but the looks.
#[derive(Clone, PartialEq, Eq)]
pub struct DrawnPage {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// A PNG, or a JPEG where that is much smaller.
    pub image: Vec<u8>,
}

/// Without the picture: it is a document of somebody's.
impl std::fmt::Debug for DrawnPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DrawnPage({} x {}, {} bytes)", self.width, self.height, self.image.len())
    }
}

/// Why nothing was drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// It is the file's fault; another attempt comes to the same.
    #[error("the file cannot be shown: {0:?}")]
    Unshowable(Unshowable),
    /// It could not be tried. The text says why, for the log.
    #[error("{0}")]
    Unavailable(String),
}

/// Looks into files that somebody uploaded. Whatever the file is, an answer comes within two minutes, and nothing but the answer:
/// no file is opened, nobody is connected to, memory and time are bounded, and a crash is an answer too.
#[async_trait]
pub trait Drawer: Send + Sync + 'static {
    /// How many pages a file has, from 1.
    async fn count_pages(&self, kind: FileKind, file: &[u8]) -> std::result::Result<u32, DrawError>;

    /// Page `number`, from 1, its longer side at most `max_side` pixels.
    async fn draw_page(
        &self,
        kind: FileKind,
        file: &[u8],
        number: u32,
        max_side: u32,
    ) -> std::result::Result<DrawnPage, DrawError>;
}
