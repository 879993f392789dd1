//! IHE ATNA: the traces as audit messages (DICOM PS3.15 A.5, which follows RFC 3881) to an audit record repository, over
//! syslog (ITI-20: RFC 5424, RFC 5425) or into a file.

mod event;
mod export;
mod message;
mod node;
mod sink;
mod spool;
mod syslog;

pub use export::{AtnaExport, ExportError};
pub use node::AuditNode;
pub use sink::{AuditSink, FileSink, RelaySink, SinkError, TlsSink};
pub(crate) use spool::TABLES;
pub use spool::{AuditSpool, Spooled};
pub use syslog::{SyslogNameError, SyslogOrigin};
