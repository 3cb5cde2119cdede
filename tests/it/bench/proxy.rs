//! A proxy between gatepost and a real server that does what it is told, and keeps what
//! both sides said.
//!
//! A [`Fault`] says in which way of the bytes, when, and what happens then. Faults act on
//! every connection, those that stand included, until [`Proxy::heal`]. A pattern is passed
//! on before its fault happens; only `Replace` takes it out. A pattern is found wherever
//! the bytes are cut, but is replaced whole only when it comes in one piece, as a line does.

use super::fault::{Act, Fault, Lane, Way, When};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

pub struct Proxy {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    server: u16,
    faults: Mutex<Vec<Fault>>,
    said: Mutex<Vec<(Way, Vec<u8>)>>,
    /// When each connection was made.
    connections: Mutex<Vec<Instant>>,
    /// How often it was healed.
    health: AtomicU64,
    /// How many faults have happened.
    happened: AtomicUsize,
    refuses: AtomicBool,
    changed: Notify,
    /// Connections below this number are holes.
    holes: watch::Sender<usize>,
}

impl Proxy {
    /// Passes everything to this port of 127.0.0.1, in clear. It ends with the process.
    pub fn before(server: u16) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            server,
            faults: Mutex::default(),
            said: Mutex::default(),
            connections: Mutex::default(),
            health: AtomicU64::new(0),
            happened: AtomicUsize::new(0),
            refuses: AtomicBool::new(false),
            changed: Notify::new(),
            holes: watch::Sender::new(0),
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

    /// At once nothing passes any more over the connections that stand, which stay open;
    /// those that follow are well.
    pub fn hole(&self) {
        self.inner.holes.send_replace(self.connections().len());
    }

    /// All that went one way, over all connections.
    pub fn text(&self, way: Way) -> String {
        let said = self.inner.said.lock().unwrap();
        let ours = said.iter().filter(|(w, _)| *w == way);
        let bytes: Vec<u8> = ours.flat_map(|(_, b)| b.clone()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What both sides said over all connections, piece by piece, in its order.
    pub fn said(&self) -> Vec<(Way, Vec<u8>)> {
        self.inner.said.lock().unwrap().clone()
    }

    /// How many faults have happened.
    pub fn happened(&self) -> usize {
        self.inner.happened.load(Ordering::Relaxed)
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

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Close,
    Reset,
    Hole,
    HalfOpen,
}

struct Pipe {
    inner: Arc<Inner>,
    number: usize,
    client: TcpStream,
    server: TcpStream,
    lanes: [Lane; 2],
    /// The faults that happened on this connection at their number of bytes.
    done: Vec<(Way, usize)>,
}

async fn serve(inner: Arc<Inner>, client: TcpStream, number: usize) {
    client.set_nodelay(true).unwrap();
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
        End::Close => {
            let _ = client.shutdown().await;
        }
        End::Reset => client.set_zero_linger().unwrap(),
        // Whatever comes is swallowed, until gatepost gives up.
        End::Hole | End::HalfOpen => {
            let mut piece = [0; 4096];
            loop {
                let n = client.read(&mut piece).await.unwrap_or(0);
                if n == 0 {
                    return;
                }
                inner.keep(Way::In, &piece[..n]);
            }
        }
    }
}

impl Inner {
    fn keep(&self, way: Way, bytes: &[u8]) {
        self.said.lock().unwrap().push((way, bytes.to_vec()));
    }
}

/// Ends when this connection is a hole.
async fn holed(holes: &mut watch::Receiver<usize>, number: usize) {
    let _ = holes.wait_for(|below| number < *below).await;
}

impl Pipe {
    async fn run(&mut self) -> End {
        if let Some(end) = self.at_the_beginning().await {
            return end;
        }
        let (mut ours, mut theirs) = ([0; 16_384], [0; 16_384]);
        let (number, mut holes) = (self.number, self.inner.holes.subscribe());
        loop {
            let (way, n) = tokio::select! {
                () = holed(&mut holes, number) => return End::Hole,
                n = self.client.read(&mut ours) => (Way::In, n.unwrap_or(0)),
                n = self.server.read(&mut theirs) => (Way::Out, n.unwrap_or(0)),
            };
            if n == 0 {
                return End::Close;
            }
            let piece = if way == Way::In {
                &ours[..n]
            } else {
                &theirs[..n]
            };
            self.inner.keep(way, piece);
            if let Err(end) = self.pass(way, piece).await {
                return end;
            }
        }
    }

    async fn at_the_beginning(&mut self) -> Option<End> {
        let first = |f: &mut Fault| {
            let now = matches!(f.when, When::Connected) && f.left > 0;
            f.left -= usize::from(now);
            now.then(|| (f.way, f.acts.clone()))
        };
        let acts: Vec<(Way, Vec<Act>)> = {
            let mut faults = self.inner.faults.lock().unwrap();
            faults.iter_mut().filter_map(first).collect()
        };
        for (way, acts) in acts {
            if let Err(end) = self.act_all(way, acts).await {
                return Some(end);
            }
        }
        None
    }

    async fn pass(&mut self, way: Way, piece: &[u8]) -> Result<(), End> {
        let mut rest = piece;
        while let Some((upto, taken, acts)) = self.next_fault(way, rest) {
            let (now, later) = rest.split_at(upto);
            self.write(way, &now[..upto.saturating_sub(taken)]).await?;
            self.lanes[way as usize].note(now);
            rest = later;
            self.act_all(way, acts).await?;
        }
        self.write(way, rest).await?;
        self.lanes[way as usize].note(rest);
        Ok(())
    }

    /// The first fault in these bytes: where it happens, how many bytes before it are taken
    /// out, and what happens.
    fn next_fault(&mut self, way: Way, rest: &[u8]) -> Option<(usize, usize, Vec<Act>)> {
        let lane = &self.lanes[way as usize];
        let mut faults = self.inner.faults.lock().unwrap();
        let place = |f: &Fault| {
            if f.way != way || f.left == 0 {
                return None;
            }
            match &f.when {
                When::Connected => None,
                When::After(n) if self.done.contains(&(way, *n)) => None,
                When::After(n) => {
                    (lane.passed + rest.len() >= *n).then(|| (n.saturating_sub(lane.passed), 0))
                }
                When::Sees(text) => lane
                    .find(text.as_bytes(), rest)
                    .map(|end| (end, text.len())),
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
        let replaces = matches!(fault.acts.first(), Some(Act::Replace(_)));
        let taken = replaces.then_some(length);
        Some((end, taken.unwrap_or(0), fault.acts.clone()))
    }

    async fn act_all(&mut self, way: Way, acts: Vec<Act>) -> Result<(), End> {
        for act in acts {
            self.act(way, act).await?;
        }
        Ok(())
    }

    async fn act(&mut self, way: Way, act: Act) -> Result<(), End> {
        self.inner.happened.fetch_add(1, Ordering::Relaxed);
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
            Act::Answer(bytes) => self.write(Way::Out, &bytes).await?,
            Act::Flood(piece, count) => {
                for n in 0..count {
                    self.write(Way::Out, &piece(n)).await?;
                }
            }
            Act::Meanwhile(call) => {
                // It may talk to the server, over a connection that no proxy stands before.
                let done = tokio::task::spawn_blocking(move || call()).await;
                done.unwrap();
            }
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
            Way::Out => self.client.write_all(bytes).await.ok(),
        }
    }
}
