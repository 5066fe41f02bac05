//! What happens when the world does not play along: a mail server that refuses or is away, a disk that is full.

use std::sync::Arc;

use countersign::auth::Keys;
use countersign::email::{MailSettings, Mailer, Transport};
use countersign::portal::PortalError;
use countersign::portal::mail::{Delivery, MailStep};
use countersign_engine::store::SqliteOptions;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::stand::{Stand, draft};

/// Serves one SMTP dialogue, answering `RCPT` with `on_recipient`, and gives back what was said.
async fn serve(stream: TcpStream, on_recipient: &'static str) -> String {
    let (read, mut write) = stream.into_split();
    let (mut lines, mut heard, mut in_data) = (BufReader::new(read).lines(), String::new(), false);
    write.write_all(b"220 test\r\n").await.expect("written");
    while let Ok(Some(line)) = lines.next_line().await {
        heard.push_str(&line);
        heard.push('\n');
        let answer = match line.get(..4).unwrap_or_default() {
            _ if in_data && line != "." => continue,
            "RCPT" => on_recipient,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        in_data = answer.starts_with("354");
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            break;
        }
    }
    heard
}

fn mailer(url: &str) -> Mailer {
    let settings = MailSettings {
        transport: Transport::smtp(url).expect("a mail server"),
        from: "Countersign <sign@example.org>",
        base_url: "http://portal.example.org",
        host: "portal.example.org",
    };
    Mailer::new(settings, Arc::new(Keys::random().expect("randomness"))).expect("a mailer")
}

#[tokio::test]
async fn a_plain_server_on_the_same_machine_takes_a_mail() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mailer = mailer(&format!("smtp://{}", listener.local_addr().expect("an address")));
    let server = tokio::spawn(async move { serve(listener.accept().await.expect("a client").0, "250 ok").await });
    let mail = stand.portal.send_test_mail(&admin).await.expect("queued");
    let facts = stand.portal.mail_to_send(mail).await.expect("readable").expect("to be sent");
    assert_eq!(mailer.send(&facts).await, Ok(Delivery::Sent));
    drop(mailer);
    let heard = server.await.expect("a dialogue");
    assert!(
        heard.contains("RCPT TO:<ada@example.org>") && heard.contains(&format!("<mail-{mail}@portal.example.org>")),
        "{heard}"
    );
}

#[tokio::test]
async fn a_refusal_keeps_the_servers_sentence_and_an_absent_server_is_tried_again() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mail = stand.portal.send_test_mail(&admin).await.expect("queued");
    let facts = stand.portal.mail_to_send(mail).await.expect("readable").expect("to be sent");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mailer = mailer(&format!("smtp://{}", listener.local_addr().expect("an address")));
    let server =
        tokio::spawn(async move { serve(listener.accept().await.expect("a client").0, "550 no such person").await });
    let trouble = mailer.send(&facts).await.expect_err("refused");
    assert!(trouble.permanent && trouble.step == MailStep::Refused, "{trouble:?}");
    assert!(trouble.sentence.contains("no such person"), "{trouble:?}");
    drop(mailer.clone());
    server.abort();
    let _ = server.await;
    let trouble = self::mailer("smtp://127.0.0.1:1").send(&facts).await.expect_err("nobody there");
    assert!(!trouble.permanent && trouble.step == MailStep::Connect, "{trouble:?}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let stand = Stand::with(SqliteOptions { max_page_count: Some(300), ..SqliteOptions::default() }).await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let full = loop {
        let mut receiving = match stand.portal.receive_file(&admin, "large").await {
            Ok(receiving) => receiving,
            Err(error) => break error,
        };
        if let Err(error) = receiving.write(&vec![7; 1_000_000]).await {
            break error;
        }
    };
    assert!(matches!(full, PortalError::Unavailable(_)), "{full:?}");
    let refused = loop {
        if let Err(error) = stand.portal.submit(&admin, draft(&["ben@x.org"], "any")).await {
            break error;
        }
    };
    assert!(matches!(refused, PortalError::Unavailable(_)), "{refused:?}");
    assert_eq!(stand.record(request).await.request.title, "Contract");
}
