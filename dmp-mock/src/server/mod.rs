//! Sockets, TLS, HTTP, SOAP: everything between the bytes and the services.

mod listener;
mod tls;
