//! A door to a server that speaks in clear: it speaks TLS to gatepost, at once or by
//! STARTTLS, and passes on what is said within. Told to, it is somebody on the way, or a
//! server that is not the one it should be. It keeps every byte that gatepost sent it.

use super::fault::Lane;
use super::papers::{Papers, under};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// What is spoken behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    Imap,
    Smtp,
}

/// How it meets a connection.
#[derive(Clone)]
pub struct Manner {
    /// What is said first, in clear. Nothing: TLS begins at once.
    pub greeting: String,
    /// What is answered in clear to a line that holds a word; `$` is the line's own first
    /// word. To any other line the answer is yes: whoever goes on in clear is welcome.
    pub script: Vec<(&'static str, String)>,
    /// What follows the answer to STARTTLS, or comes at once.
    pub then: Then,
}

#[derive(Clone, Copy)]
pub enum Then {
    /// TLS under these papers, and the server behind it.
    Tls(Papers),
    /// The same; as soon as the server says this, the connection ends without a word.
    Cut(&'static str),
    /// The same; what comes then is not from the server.
    Spoilt(&'static str),
    /// The handshake of a server that knows nothing newer than TLS 1.1.
    Tls11,
    /// Nothing is said any more.
    Silent,
    /// It goes on in clear.
    Clear,
    /// The connection is reset.
    Reset,
}

/// What gatepost sent over one connection.
#[derive(Clone, Default)]
pub struct Call {
    /// Every byte on the wire.
    pub wire: Arc<Mutex<Vec<u8>>>,
    /// What stood within TLS.
    pub within: Arc<Mutex<Vec<u8>>>,
}

pub struct Door {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    server: u16,
    speech: Speech,
    manner: watch::Sender<Manner>,
    calls: Mutex<Vec<Call>>,
}

impl Door {
    /// Before this port of 127.0.0.1. It ends with the process.
    pub fn before(server: u16, speech: Speech, manner: Manner) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            server,
            speech,
            manner: watch::Sender::new(manner),
            calls: Mutex::default(),
        });
        let serving = Arc::clone(&inner);
        thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (tcp, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(Arc::clone(&serving), tcp));
                }
            });
        });
        Self { port, inner }
    }

    /// From now on it is like this; the connections that stand end.
    pub fn is(&self, manner: Manner) {
        self.inner.manner.send_replace(manner);
    }

    /// What came over each connection, the oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().clone()
    }
}

async fn serve(inner: Arc<Inner>, tcp: TcpStream) {
    tcp.set_nodelay(true).unwrap();
    let call = Call::default();
    inner.calls.lock().unwrap().push(call.clone());
    let mut manners = inner.manner.subscribe();
    let manner = manners.borrow_and_update().clone();
    tokio::select! {
        // A client that leaves in the middle is what this is for.
        _ = meet(&inner, manner, tcp, &call) => {}
        _ = manners.changed() => {}
    }
}

async fn meet(inner: &Inner, manner: Manner, tcp: TcpStream, call: &Call) -> io::Result<()> {
    let mut near = Tap::on(tcp, &call.wire);
    if !manner.greeting.is_empty() && !in_clear(&mut near, inner.speech, &manner).await? {
        return Ok(());
    }
    let mut server = TcpStream::connect(("127.0.0.1", inner.server)).await?;
    let (papers, end) = match manner.then {
        Then::Tls(papers) => (papers, None),
        Then::Cut(word) => (Papers::Good, Some((word, false))),
        Then::Spoilt(word) => (Papers::Good, Some((word, true))),
        Then::Tls11 => {
            let _their_hello = near.read(&mut [0; 4096]).await?;
            near.write_all(&hello_of_tls_1_1()).await?;
            return to_the_end(&mut near).await;
        }
        Then::Silent | Then::Clear => return to_the_end(&mut near).await,
        Then::Reset => return near.inner.set_zero_linger(),
    };
    let tls = TlsAcceptor::from(under(papers)).accept(near).await?;
    if !manner.greeting.is_empty() {
        // After STARTTLS nobody greets.
        while server.read_u8().await? != b'\n' {}
    }
    pass(Tap::on(tls, &call.within), server, end).await
}

/// Talks until TLS is to begin; false when the client is gone.
async fn in_clear(near: &mut Tap<TcpStream>, speech: Speech, manner: &Manner) -> io::Result<bool> {
    near.write_all(manner.greeting.as_bytes()).await?;
    let welcome = match speech {
        Speech::Imap => "$ OK yes\r\n",
        Speech::Smtp => "250 yes\r\n",
    };
    loop {
        // A command comes whole; what is no command any more comes as it may.
        let mut piece = [0; 4096];
        let count = near.read(&mut piece).await?;
        if count == 0 {
            return Ok(false);
        }
        let text = String::from_utf8_lossy(&piece[..count]);
        // The first byte of a handshake is no tag, and would begin one of ours.
        let word = text.split(' ').next().unwrap_or_default();
        let tag = if word.starts_with('\x16') { "*" } else { word };
        let reply = manner.script.iter().find(|(word, _)| text.contains(word));
        let reply = reply.map_or(welcome, |(_, reply)| reply).replace('$', tag);
        near.write_all(reply.as_bytes()).await?;
        if text.contains("STARTTLS") && !matches!(manner.then, Then::Clear) {
            return Ok(true);
        }
    }
}

type Tls = tokio_rustls::server::TlsStream<Tap<TcpStream>>;

/// Passes all on, until the server has said the word.
async fn pass(
    mut near: Tap<Tls>,
    mut server: TcpStream,
    end: Option<(&str, bool)>,
) -> io::Result<()> {
    let (mut ours, mut theirs, mut lane) = ([0; 16_384], [0; 16_384], Lane::default());
    loop {
        tokio::select! {
            count = near.read(&mut ours) => {
                let Some(piece) = ours.get(..count?).filter(|p| !p.is_empty()) else {
                    return Ok(());
                };
                server.write_all(piece).await?;
            }
            count = server.read(&mut theirs) => {
                let Some(piece) = theirs.get(..count?).filter(|p| !p.is_empty()) else {
                    return near.shutdown().await;
                };
                let word = end.and_then(|(word, spoilt)| {
                    Some((lane.find(word.as_bytes(), piece)?, spoilt))
                });
                near.write_all(&piece[..word.map_or(piece.len(), |(at, _)| at)]).await?;
                near.flush().await?;
                lane.note(piece);
                let Some((_, spoilt)) = word else { continue };
                if spoilt {
                    let wire = near.inner.get_mut().0;
                    wire.write_all(b"\x17\x03\x03\x00\x20an answer that the server has not").await?;
                    wire.flush().await?;
                    return to_the_end(wire).await;
                }
                return Ok(());
            }
        }
    }
}

async fn to_the_end(near: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut piece = [0; 4096];
    while near.read(&mut piece).await? > 0 {}
    Ok(())
}

/// RFC 4346 section 7.4.1.3, with TLS_RSA_WITH_AES_128_CBC_SHA.
fn hello_of_tls_1_1() -> Vec<u8> {
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([0x5a; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    hello
}

/// A connection of which all that is read is kept.
struct Tap<S> {
    inner: S,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl<S> Tap<S> {
    fn on(inner: S, heard: &Arc<Mutex<Vec<u8>>>) -> Self {
        let heard = Arc::clone(heard);
        Self { inner, heard }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        let new = &buf.filled()[before..];
        self.heard.lock().unwrap().extend_from_slice(new);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
