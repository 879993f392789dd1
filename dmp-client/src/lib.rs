//! Typed async SDK for the DMP, the French national shared medical record.
//!
//! A [`DmpClient`] holds the two key pairs of a structure and opens sessions: [`AirSession`] for a named professional
//! who consults, [`IndirectSession`] for the structure that feeds. A session and a patient give a record, whose
//! methods are the transactions. What a mode does not allow is not there to be called; what can be refused before the
//! network is refused before the network, with the rule.
//!
//! ```no_run
//! # async fn program(patient: dmp_client::QualifiedPatient, professional: dmp_client::Professional,
//! #     factor: dmp_client::SecondFactor, sender: dmp_client::Sender, password: secrecy::SecretString,
//! #     anchors: dmp_client::TrustAnchors) -> Result<(), Box<dyn std::error::Error>> {
//! use dmp_client::*;
//!
//! let client = DmpClient::builder(Endpoint::custom("https://dmp.exemple.test/si-dmp-server/v2/services")?)
//!     .authentication(AuthenticationIdentity::from_pkcs12("org_auth_cli.p12", password.clone())?)
//!     .signing(SigningIdentity::from_pkcs12("org_sign.p12", password)?)
//!     .software(Software::new("LPS Exemple", "4.2", "XXX-000000-tmp0").with_instance("2.25.1"))
//!     .trust_anchors(anchors)
//!     .build()?;
//!
//! // Feeding: the structure, by indirect authentication.
//! let document = Document::from_cda_file("letter.xml").await?;
//! let feeding = client.indirect(sender)?.record(patient.clone(), Consent::given())?;
//! feeding.submit(&Submission::of(document)).await?;
//!
//! // Consultation: a named professional who has passed two factors.
//! let record = client.air_simplifie(professional, factor)?.record(patient, Consent::given())?;
//! record.existence().await?;
//! record.authorise().await?;
//! for entry in record.find(Search::approved()).await? {
//!     let bytes = record.retrieve(&entry).await?;
//!     assert_eq!(Some(bytes.len() as u64), entry.size);
//! }
//! # Ok(())
//! # }
//! ```

pub mod credentials;
pub mod diagnosis;
mod failure;
#[cfg(feature = "metrics")]
pub mod metrics;
mod page_title;
pub mod parameters;
pub mod pro_sante_connect;
mod retry;
pub mod session;
pub mod submission;
pub mod transport;
pub mod watch;
pub mod web_ps;

pub use credentials::{AuthenticationIdentity, Card, CredentialError, SigningIdentity};
pub use dmp_protocol::error::{Advice, Code, DmpError, ErrorKind, Language, Outcome, TlsRefusal};
#[cfg(feature = "legacy")]
pub use dmp_protocol::patient::{Address, AdministrativeUpdate, LegalRepresentative, Telecom};
pub use dmp_protocol::patient::{AdministrativeData, Authorisation, Existence, Gender, PatientCriteria};
pub use dmp_protocol::rights::{AuthorizationMode, AuthorizedActor, ListedDmp};
pub use dmp_protocol::rules::Policy;
pub use dmp_protocol::switches::Switches;
pub use dmp_protocol::vihf::{Access, AuthenticationClass, Role, Software};
pub use dmp_vocabulary::Realm;
pub use parameters::{ParameterFile, ParameterSource, Parameters};
pub use pro_sante_connect::ProSanteConnectEndpoint;
pub use retry::RetryPolicy;
pub use session::{
    AirNonPsRecord, AirNonPsSession, AirRecord, AirSession, AuthorisedList, BuildError, CardClient, Change,
    Confirmation, Consent, CpeRecord, CpeSession, DeclaredActivity, Delivery, DirectRecord, DirectSession, DmpClient,
    DmpClientBuilder, DocumentState, Endpoint, EndpointError, Establishment, Found, FoundPatient, IndirectRecord,
    IndirectSession, IntegrityError, KnownDocuments, MinimumAge, News, OpaqueIns, PendingRecord, PrimaryAuthentication,
    ProSanteConnectRecord, ProSanteConnectSession, Professional, QualifiedPatient, Record, RecordChange, Reference,
    Retrieved, Search, SecondFactor, Sender, Session, Subject, SubmissionReading, Target, Updated, WithdrawnRecord,
    mode, roles,
};
pub use submission::{
    Consequence, Document, DocumentError, Finding, HeaderVersion, Hidden, KosError, Receipt, Submission,
    is_imaging_reference,
};
pub use transport::{Capture, Revocation, Timeouts, TlsVersions, TrustAnchors};
pub use web_ps::{WebAccess, WebPsAddresses};
pub use xds_model::iti18::QueryLimits;
pub use xds_model::{AvailabilityStatus, DocumentEntry};
