//! A wire that counts what goes over it, and can be cut.

use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// A TCP relay on loopback.
pub(super) struct Wire {
    url: String,
    bytes: Arc<AtomicU64>,
}

impl Wire {
    /// A wire to the headquarters at `url`.
    pub(super) fn to(url: &str) -> Result<Self> {
        let target: SocketAddr = url.strip_prefix("https://").context("not an address")?.parse()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("https://{}", listener.local_addr()?);
        let bytes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&bytes);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                // Headquarters that is away just now is what the device is to find.
                let Ok(far) = TcpStream::connect(target) else { continue };
                relay(&near, &far, &counter).ok();
                relay(&far, &near, &counter).ok();
            }
        });
        Ok(Self { url, bytes })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Bytes in both directions so far, TLS and all.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

fn relay(from: &TcpStream, to: &TcpStream, counter: &Arc<AtomicU64>) -> Result<()> {
    from.set_nodelay(true)?;
    let (mut from, mut to, counter) = (from.try_clone()?, to.try_clone()?, Arc::clone(counter));
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            counter.fetch_add(read as u64, Ordering::Relaxed);
            if buffer.get(..read).is_none_or(|part| to.write_all(part).is_err()) {
                break;
            }
        }
        drop((to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both)));
    });
    Ok(())
}
