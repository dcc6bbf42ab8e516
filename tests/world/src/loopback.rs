//! A port of loopback, and the server on it: every invented provider listens and stops in the same way.

use crate::error::WorldError;
use axum::Router;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A port that nobody else has. Its address is known before anything answers on it.
pub(crate) struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Port {
    /// Takes any free port.
    pub(crate) async fn open() -> Result<Self, WorldError> {
        let listen = |source| WorldError::Listen { source };
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Self { listener, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers on it from now on.
    pub(crate) fn serve(self, router: Router) -> Running {
        let Self { listener, address } = self;
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let until = async move {
                // A dropped sender means the same as a message: nobody needs the server any more.
                let _ = stopped.await;
            };
            // Serving itself cannot fail; a broken connection is that connection's affair.
            let _ = axum::serve(listener, router).with_graceful_shutdown(until).await;
        });
        Running { address, stop, running }
    }
}

/// A server that answers until this is dropped.
pub(crate) struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Running {
    /// Where it answers.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it and waits until it is down.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // A server that panicked is down as well.
        let _ = self.running.await;
    }
}
