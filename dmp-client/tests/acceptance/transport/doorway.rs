//! A door in front of the mock that is slammed in the face of the first who comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dmp_mock::MockDmp;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::server::{server_config, server_identity};

/// Closes its first connection once it has read the head of a request; the next ones lead to the mock.
pub(super) struct Doorway {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Doorway {
    pub(super) async fn before(mock: &MockDmp) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let identity = server_identity(mock);
        let acceptor = TlsAcceptor::from(Arc::new(server_config(identity.tls_chain(), identity)));
        let behind = mock.address();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if first {
                        return read_a_head(acceptor, stream).await;
                    }
                    let mut mock = TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut mock).await;
                });
            }
        });
        Self { port, connections }
    }

    pub(super) fn url(&self) -> String {
        format!("https://127.0.0.1:{}/si-dmp-server/v2/services", self.port)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn read_a_head(acceptor: TlsAcceptor, stream: TcpStream) {
    let mut tls = acceptor.accept(stream).await.unwrap();
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        head.push(tls.read_u8().await.unwrap());
    }
}
