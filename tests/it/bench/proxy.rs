//! A proxy between gatepost and a real server that does what it is told, and keeps what
//! both sides said.
//!
//! A [`Fault`] says in which way of the bytes, when, and what happens then. Faults act on
//! every connection, those that stand included, until [`Proxy::heal`]. A pattern is passed
//! on before its fault happens; only `Replace` takes it out. A pattern is found wherever
//! the bytes are cut, but is replaced whole only when it comes in one piece, as a line does.

use rustls::ServerConfig;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The way of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From gatepost to the server.
    In,
    /// From the server to gatepost.
    Out,
}

/// When a fault happens, on each connection.
#[derive(Clone, Debug)]
pub enum When {
    /// As soon as gatepost is connected.
    Connected,
    /// When so many bytes have passed.
    After(usize),
    /// When this has passed.
    Sees(String),
}

/// What happens.
#[derive(Clone)]
pub enum Act {
    /// Nothing passes for so long.
    Delay(Duration),
    /// From here on a byte passes each so long, this way.
    Trickle(Duration),
    /// From here on nothing passes, and both connections stay open.
    Hole,
    /// The server's connection ends, and gatepost is not told.
    HalfOpen,
    /// Both connections end, gatepost's by a reset.
    Reset,
    /// Both connections end.
    Close,
    /// This stands in the place of the pattern.
    Replace(Vec<u8>),
    /// This comes next.
    Inject(Vec<u8>),
    /// This is called, to kill the daemon, say, and both connections end.
    Call(Arc<dyn Fn() + Send + Sync>),
}

/// One thing that goes wrong.
#[derive(Clone)]
pub struct Fault {
    way: Way,
    when: When,
    act: Act,
    left: usize,
}

impl Fault {
    /// It happens whenever it can.
    pub fn new(way: Way, when: When, act: Act) -> Self {
        Self {
            way,
            when,
            act,
            left: usize::MAX,
        }
    }

    /// It happens so often and then not any more.
    pub fn times(self, left: usize) -> Self {
        Self { left, ..self }
    }
}

/// What one side sent at once, and over which connection, counted from 0.
#[derive(Clone, Debug)]
pub struct Said {
    pub connection: usize,
    pub way: Way,
    pub at: Instant,
    pub bytes: Vec<u8>,
}

pub struct Proxy {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    server: u16,
    tls: Option<Arc<ServerConfig>>,
    faults: Mutex<Vec<Fault>>,
    said: Mutex<Vec<Said>>,
    /// When each connection was made.
    connections: Mutex<Vec<Instant>>,
    /// How often it was healed.
    health: AtomicU64,
    refuses: AtomicBool,
    changed: Notify,
}

impl Proxy {
    /// Passes everything to this port of 127.0.0.1, in clear. It ends with the process.
    pub fn before(server: u16) -> Self {
        Self::new(server, None)
    }

    /// As [`Proxy::before`], and speaks TLS to gatepost.
    pub fn with_tls(server: u16, tls: ServerConfig) -> Self {
        Self::new(server, Some(Arc::new(tls)))
    }

    fn new(server: u16, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            server,
            tls,
            faults: Mutex::default(),
            said: Mutex::default(),
            connections: Mutex::default(),
            health: AtomicU64::new(0),
            refuses: AtomicBool::new(false),
            changed: Notify::new(),
        });
        let serving = Arc::clone(&inner);
        thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(listen(serving, listener, port));
        });
        Self { port, inner }
    }

    pub fn fault(&self, fault: Fault) {
        self.inner.faults.lock().unwrap().push(fault);
    }

    /// Short for the fault that happens whenever it can.
    pub fn on(&self, way: Way, when: When, act: Act) {
        self.fault(Fault::new(way, when, act));
    }

    /// From now on all passes. What hangs stays as it is.
    pub fn heal(&self) {
        self.inner.faults.lock().unwrap().clear();
        self.inner.health.fetch_add(1, Ordering::Relaxed);
        self.refuse(false);
    }

    /// Whether nothing listens on the port.
    pub fn refuse(&self, refuses: bool) {
        self.inner.refuses.store(refuses, Ordering::Relaxed);
        self.inner.changed.notify_one();
    }

    pub fn said(&self) -> Vec<Said> {
        self.inner.said.lock().unwrap().clone()
    }

    /// All that went one way, over all connections.
    pub fn text(&self, way: Way) -> String {
        let said = self.said();
        let bytes = said.iter().filter(|s| s.way == way);
        let bytes: Vec<u8> = bytes.flat_map(|s| s.bytes.clone()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// When each connection was made.
    pub fn connections(&self) -> Vec<Instant> {
        self.inner.connections.lock().unwrap().clone()
    }

    /// The lines of the table of a server that lead here, in clear.
    pub fn config(&self) -> String {
        format!(
            "port = {}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"",
            self.port
        )
    }
}

async fn listen(inner: Arc<Inner>, listener: std::net::TcpListener, port: u16) {
    let mut listener = Some(TcpListener::from_std(listener).unwrap());
    loop {
        let refuses = inner.refuses.load(Ordering::Relaxed);
        if refuses {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
        }
        let Some(open) = &listener else {
            // Somebody else's connection from this very port may be in the way for a moment.
            let again = tokio::time::sleep(Duration::from_millis(50));
            tokio::select! { () = inner.changed.notified() => {} () = again => {} }
            continue;
        };
        tokio::select! {
            () = inner.changed.notified() => {}
            Ok((client, _)) = open.accept() => {
                let number = {
                    let mut all = inner.connections.lock().unwrap();
                    all.push(Instant::now());
                    all.len() - 1
                };
                tokio::spawn(serve(Arc::clone(&inner), client, number));
            }
        }
    }
}

enum Client {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Client {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Clear(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref().0,
        }
    }

    async fn read(&mut self, piece: &mut [u8]) -> usize {
        let read = match self {
            Self::Clear(tcp) => tcp.read(piece).await,
            Self::Tls(tls) => tls.read(piece).await,
        };
        read.unwrap_or(0)
    }

    async fn write(&mut self, bytes: &[u8]) -> Option<()> {
        match self {
            Self::Clear(tcp) => tcp.write_all(bytes).await.ok(),
            Self::Tls(tls) => {
                tls.write_all(bytes).await.ok()?;
                tls.flush().await.ok()
            }
        }
    }

    /// Without this, TLS looks cut off.
    async fn close(mut self) {
        let _ = match &mut self {
            Self::Clear(tcp) => tcp.shutdown().await,
            Self::Tls(tls) => tls.shutdown().await,
        };
    }
}

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Close,
    Reset,
    Hole,
    HalfOpen,
}

/// What has passed one way.
#[derive(Default)]
struct Lane {
    passed: usize,
    /// The last bytes that passed: a pattern may begin in them.
    tail: VecDeque<u8>,
    /// A byte each so long, unless it was healed since.
    pace: Option<(Duration, u64)>,
}

struct Pipe {
    inner: Arc<Inner>,
    number: usize,
    client: Client,
    server: TcpStream,
    lanes: [Lane; 2],
    /// The faults that happened on this connection at their number of bytes.
    done: Vec<(Way, usize)>,
}

async fn serve(inner: Arc<Inner>, client: TcpStream, number: usize) {
    client.set_nodelay(true).unwrap();
    let client = match &inner.tls {
        None => Client::Clear(client),
        Some(tls) => match TlsAcceptor::from(Arc::clone(tls)).accept(client).await {
            Ok(tls) => Client::Tls(Box::new(tls)),
            Err(_) => return,
        },
    };
    let Ok(server) = TcpStream::connect(("127.0.0.1", inner.server)).await else {
        return;
    };
    let mut pipe = Pipe {
        inner,
        number,
        client,
        server,
        lanes: Default::default(),
        done: Vec::new(),
    };
    let end = pipe.run().await;
    let Pipe {
        inner,
        mut client,
        server,
        ..
    } = pipe;
    if end == End::HalfOpen {
        drop(server);
    }
    match end {
        End::Close => client.close().await,
        End::Reset => client.tcp().set_zero_linger().unwrap(),
        // Whatever comes is swallowed, until gatepost gives up.
        End::Hole | End::HalfOpen => {
            let mut piece = [0; 4096];
            loop {
                let n = client.read(&mut piece).await;
                if n == 0 {
                    return;
                }
                inner.keep(number, Way::In, &piece[..n]);
            }
        }
    }
}

impl Inner {
    fn keep(&self, connection: usize, way: Way, bytes: &[u8]) {
        self.said.lock().unwrap().push(Said {
            connection,
            way,
            at: Instant::now(),
            bytes: bytes.to_vec(),
        });
    }
}

impl Pipe {
    async fn run(&mut self) -> End {
        if let Some(end) = self.at_the_beginning().await {
            return end;
        }
        let (mut ours, mut theirs) = ([0; 16_384], [0; 16_384]);
        loop {
            let (way, n) = tokio::select! {
                n = self.client.read(&mut ours) => (Way::In, n),
                n = self.server.read(&mut theirs) => (Way::Out, n.unwrap_or(0)),
            };
            if n == 0 {
                return End::Close;
            }
            let piece = if way == Way::In { &ours[..n] } else { &theirs[..n] };
            self.inner.keep(self.number, way, piece);
            if let Err(end) = self.pass(way, piece).await {
                return end;
            }
        }
    }

    async fn at_the_beginning(&mut self) -> Option<End> {
        let first = |f: &mut Fault| {
            let now = matches!(f.when, When::Connected) && f.left > 0;
            f.left -= usize::from(now);
            now.then(|| (f.way, f.act.clone()))
        };
        let acts: Vec<(Way, Act)> = {
            let mut faults = self.inner.faults.lock().unwrap();
            faults.iter_mut().filter_map(first).collect()
        };
        for (way, act) in acts {
            if let Err(end) = self.act(way, act).await {
                return Some(end);
            }
        }
        None
    }

    async fn pass(&mut self, way: Way, piece: &[u8]) -> Result<(), End> {
        let mut rest = piece;
        while let Some((upto, taken, act)) = self.next_fault(way, rest) {
            let (now, later) = rest.split_at(upto);
            self.write(way, &now[..upto.saturating_sub(taken)]).await?;
            self.lanes[way as usize].note(now);
            rest = later;
            self.act(way, act).await?;
        }
        self.write(way, rest).await?;
        self.lanes[way as usize].note(rest);
        Ok(())
    }

    /// The first fault in these bytes: where it happens, how many bytes before it are taken
    /// out, and what happens.
    fn next_fault(&mut self, way: Way, rest: &[u8]) -> Option<(usize, usize, Act)> {
        let lane = &self.lanes[way as usize];
        let mut faults = self.inner.faults.lock().unwrap();
        let place = |f: &Fault| {
            if f.way != way || f.left == 0 {
                return None;
            }
            match &f.when {
                When::Connected => None,
                When::After(n) if self.done.contains(&(way, *n)) => None,
                When::After(n) => (lane.passed + rest.len() >= *n)
                    .then(|| (n.saturating_sub(lane.passed), 0)),
                When::Sees(text) => lane.find(text.as_bytes(), rest).map(|end| (end, text.len())),
            }
        };
        let found = faults.iter().enumerate();
        let found = found.filter_map(|(i, f)| place(f).map(|(end, length)| (end, length, i)));
        let (end, length, i) = found.min()?;
        let fault = &mut faults[i];
        fault.left = fault.left.saturating_sub(1);
        if let When::After(n) = fault.when {
            self.done.push((way, n));
        }
        let taken = matches!(fault.act, Act::Replace(_)).then_some(length);
        Some((end, taken.unwrap_or(0), fault.act.clone()))
    }

    async fn act(&mut self, way: Way, act: Act) -> Result<(), End> {
        match act {
            Act::Delay(long) => tokio::time::sleep(long).await,
            Act::Trickle(pace) => {
                let healed = self.inner.health.load(Ordering::Relaxed);
                self.lanes[way as usize].pace = Some((pace, healed));
            }
            Act::Hole => return Err(End::Hole),
            Act::HalfOpen => return Err(End::HalfOpen),
            Act::Reset => return Err(End::Reset),
            Act::Close => return Err(End::Close),
            Act::Replace(bytes) | Act::Inject(bytes) => self.write(way, &bytes).await?,
            Act::Call(call) => {
                call();
                return Err(End::Close);
            }
        }
        Ok(())
    }

    async fn write(&mut self, way: Way, bytes: &[u8]) -> Result<(), End> {
        let mut rest = bytes;
        while let (Some((pace, healed)), false) = (self.lanes[way as usize].pace, rest.is_empty()) {
            if healed != self.inner.health.load(Ordering::Relaxed) {
                break;
            }
            let (byte, later) = rest.split_at(1);
            tokio::time::sleep(pace).await;
            self.write_now(way, byte).await.ok_or(End::Close)?;
            rest = later;
        }
        self.write_now(way, rest).await.ok_or(End::Close)
    }

    async fn write_now(&mut self, way: Way, bytes: &[u8]) -> Option<()> {
        match way {
            Way::In => self.server.write_all(bytes).await.ok(),
            Way::Out => self.client.write(bytes).await,
        }
    }
}

impl Lane {
    const TAIL: usize = 256;

    fn note(&mut self, bytes: &[u8]) {
        self.passed += bytes.len();
        self.tail.extend(bytes);
        let over = self.tail.len().saturating_sub(Self::TAIL);
        self.tail.drain(..over);
    }

    /// Where the pattern ends in these bytes; it may have begun before them.
    fn find(&self, pattern: &[u8], rest: &[u8]) -> Option<usize> {
        let before = self.tail.len().min(pattern.len().saturating_sub(1));
        let tail = self.tail.iter().skip(self.tail.len() - before).copied();
        let all: Vec<u8> = tail.chain(rest.iter().copied()).collect();
        let at = all.windows(pattern.len()).position(|w| w == pattern)?;
        Some(at + pattern.len() - before)
    }
}
