//! What every session of a client uses.

use std::sync::Arc;
use std::time::Duration;

use dmp_protocol::certificate::Certificate;
use dmp_protocol::patient::Lps;
use dmp_protocol::rules::{Policy, Strictness};
use dmp_protocol::switches::Switches;
use dmp_protocol::transaction::{RetrySafety, Transaction};
use dmp_protocol::vihf::{Access, AuthenticationMode, Guarantee, SerializedVihf, Software, Stamp, Vihf};
use dmp_vocabulary::identity::{IdentityPolicy, Ins, KeyCheck, ProfessionalId};
use dmp_vocabulary::{Oid, Realm};
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;
use xds_model::iti18::QueryLimits;
use xds_model::{Author, CodedValue};

use super::actor::{Establishment, Login, Professional, Sender};
use super::employee::{Employee, require_current};
use super::reuse::Reuse;
use super::watching::Watches;
use crate::credentials::{AuthenticationIdentity, Card, SigningIdentity};
use crate::parameters::ParameterFile;
use crate::pro_sante_connect::{AccessTokens, ProSanteConnectEndpoint, TokenDesk};
use crate::retry::{Circuits, RetryPolicy};
use crate::submission::{Preflight, Submitter};
use crate::transport::{Call, ServerTrust, Transport, client_config, deadline_after};
use crate::watch::Issued;
use crate::web_ps::WebPsAddresses;
use crate::{DmpError, failure};

/// Everything that one client shares between its sessions.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    pub(crate) base: Url,
    pub(crate) realm: Realm,
    /// Absent in a client of cards, until there is a card.
    pub(crate) authentication: Option<AuthenticationIdentity>,
    /// Absent with a card whose signature key was not given.
    pub(crate) signing: Option<SigningIdentity>,
    pub(crate) anchors: ServerTrust,
    pub(crate) software: Software,
    /// OID of the installed instance: sourceId of submissions, root of message ids.
    pub(crate) instance: Oid,
    pub(crate) switches: Switches,
    pub(crate) policy: Policy,
    /// contentTypeCode when the encounter tells nothing.
    pub(crate) content_type: CodedValue,
    pub(crate) parameters: ParameterFile,
    /// Most identifiers in one query of TD3.1.
    pub(crate) query_limits: QueryLimits,
    pub(crate) web_ps: WebPsAddresses,
    /// In Pro Santé Connect mode: the tokens of the DMP.
    pub(crate) tokens: Option<Arc<TokenDesk>>,
    pub(crate) retry: RetryPolicy,
    pub(crate) circuits: Arc<Circuits>,
    /// Assertions that are sent again, outside AIR.
    pub(crate) reuse: Arc<Reuse>,
    /// What is asked before each call, in order.
    pub(crate) watches: Watches,
}

impl Shared {
    /// The same client through a card: other connections, other keys.
    pub(crate) fn with_card(&self, card: Card) -> Result<Self, rustls::Error> {
        let (authentication, signing) = card.into_pairs();
        let tls = client_config(&self.anchors, Some(&authentication))?;
        let transport = self.transport.with_tls(tls, authentication.may_block());
        let reuse = self.reuse.anew();
        Ok(Self { transport, authentication: Some(authentication), signing, reuse, ..self.clone() })
    }

    /// The same client, with the same certificates, through Pro Santé Connect: other hosts, and a token for each call.
    pub(crate) fn with_tokens(&self, endpoint: &ProSanteConnectEndpoint, tokens: Box<dyn AccessTokens>) -> Self {
        let desk = TokenDesk::new(endpoint.token.clone(), self.switches.psc_scopes.clone(), tokens);
        let transport = self.transport.towards(&endpoint.services);
        let (base, reuse) = (endpoint.services.clone(), self.reuse.anew());
        Self { transport, base, tokens: Some(Arc::new(desk)), reuse, ..self.clone() }
    }

    /// The certificates are within their dates.
    pub(crate) fn credentials(&self, now: Timestamp) -> Result<(), DmpError> {
        let credential = |error| failure::credential(&error);
        if let Some(authentication) = &self.authentication {
            authentication.check_validity(now).map_err(credential)?;
        }
        self.signing.as_ref().map_or(Ok(()), |signing| signing.check_validity(now).map_err(credential))
    }

    /// The assertion of one request, signed where there is a key for it, and the certificate of its connection.
    pub(crate) fn issue(&self, vihf: &Vihf, stamp: &Stamp) -> Result<(SerializedVihf, &Certificate), DmpError> {
        // A client of cards opens no session without one.
        let tls = self.authentication.as_ref().ok_or_else(|| failure::assertion(&Guarantee::Unsigned.into()))?;
        let tls = tls.certificate();
        let issued = match self.signing.as_ref().filter(|_| !self.is_unsigned(vihf)) {
            Some(signing) => vihf.sign(stamp, signing.signer(), &self.switches),
            None => vihf.without_signature(stamp, tls, &self.switches),
        };
        Ok((issued.map_err(|error| failure::assertion(&error))?, tls))
    }

    /// The assertion to send now: a new one, unless one that says the same is sent again.
    pub(crate) fn assertion(&self, vihf: &Vihf, now: Timestamp) -> Result<(SerializedVihf, Issued), DmpError> {
        if let Some((assertion, stamp)) = self.reuse.find(vihf, now) {
            let issued = Issued { reused: true, ..self.issued(vihf, &stamp) };
            return Ok((assertion, issued));
        }
        let stamp = Stamp::new(now);
        let (assertion, _) = self.issue(vihf, &stamp)?;
        self.reuse.keep(vihf, &stamp, &assertion);
        Ok((assertion, self.issued(vihf, &stamp)))
    }

    /// What the watches are told of an assertion.
    pub(crate) fn issued(&self, vihf: &Vihf, stamp: &Stamp) -> Issued {
        let tls = self.authentication.as_ref().map(AuthenticationIdentity::certificate);
        let signs = self.signing.as_ref().filter(|_| !self.is_unsigned(vihf)).map(SigningIdentity::certificate);
        Issued {
            assertion: stamp.id().to_owned(),
            at: stamp.issued_at(),
            structure: vihf.structure.clone(),
            professional: vihf.holder.clone(),
            authentication: vihf.authentication,
            certificate_serial: signs.or(tls).map(Certificate::serial).unwrap_or_default().to_owned(),
            reused: false,
        }
    }

    fn is_unsigned(&self, vihf: &Vihf) -> bool {
        vihf.mode == AuthenticationMode::ProSanteConnect && !self.switches.psc_signed
    }

    /// As [`Self::credentials`], for a request of that transaction.
    pub(crate) fn check_credentials(&self, transaction: Transaction, now: Timestamp) -> Result<(), DmpError> {
        self.credentials(now).map_err(|error| error.with_transaction(transaction))
    }

    /// How identities are checked: by the world of the endpoint, a wrong INS key being a matter of policy (V41).
    pub(crate) fn identities(&self) -> IdentityPolicy {
        let check = match self.policy.strictness("V41") {
            Strictness::Strict => KeyCheck::Error,
            Strictness::Lenient | Strictness::Off => KeyCheck::Warn,
        };
        IdentityPolicy::from(self.realm).with_ins_key_check(check)
    }

    /// This software as the device that sends patient messages.
    pub(crate) fn lps(&self) -> Lps {
        Lps { root: self.instance.as_str().to_owned(), name: self.software.name.clone() }
    }

    /// The checks before sending.
    pub(crate) fn preflight(&self, transaction: Transaction) -> Preflight<'_> {
        let cumulation = self.parameters.current().cumul_invisible_patient_masque_ps;
        Preflight::new(transaction, &self.policy, cumulation, Timestamp::now())
    }

    pub(crate) fn call(&self, transaction: Transaction) -> Call {
        let timeouts = self.transport.timeouts;
        let limit: Duration = match transaction {
            Transaction::Submit | Transaction::SubmitByCpe | Transaction::Retrieve => timeouts.document,
            _ => timeouts.message,
        };
        let mut url = self.base.clone();
        // An https URL always has a path that can be extended.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(transaction.service().path_segment());
        }
        Call {
            transaction: transaction.td(),
            url,
            repeatable: transaction.retry_safety() == RetrySafety::Safe,
            deadline: deadline_after(limit),
            limit,
        }
    }
}

/// On whose behalf a session speaks.
pub(crate) enum Acting {
    /// AIR, simplifié or not.
    Air { professional: Professional, login: Login, mode: AuthenticationMode },
    /// INDIRECTE.
    Indirect { sender: Sender },
    /// DIRECTE: the holder of a card, logged in with it; until the end of a declared activity, where there is one.
    Direct { professional: Professional, login: Login, until: Option<Date> },
    /// DIRECTE: the holder of a CPE, logged in with it.
    Cpe { employee: Employee, login: Login },
    /// DIRECTE through Pro Santé Connect.
    ProSanteConnect { professional: Professional, login: Login },
}

/// What the assertion of one request says beside the one who acts.
pub(crate) struct Circumstances<'a> {
    pub(crate) patient: Option<&'a Ins>,
    pub(crate) access: &'a Access,
    pub(crate) connexion_secrete: bool,
}

impl Circumstances<'_> {
    /// Nothing particular: what is checked when a session opens.
    pub(crate) const ORDINARY: Self = Self { patient: None, access: &Access::Normal, connexion_secrete: false };
}

impl Acting {
    pub(crate) fn mode(&self) -> AuthenticationMode {
        match self {
            Self::Air { mode, .. } => *mode,
            Self::Indirect { .. } => AuthenticationMode::Indirecte,
            Self::Direct { .. } => AuthenticationMode::Directe,
            Self::Cpe { .. } => AuthenticationMode::DirecteCpe,
            Self::ProSanteConnect { .. } => AuthenticationMode::ProSanteConnect,
        }
    }

    /// What is declared of the one who acts still holds.
    pub(crate) fn require_current(&self, now: Timestamp) -> Result<(), DmpError> {
        match self {
            Self::Direct { until, .. } => require_current(*until, now),
            _ => Ok(()),
        }
    }

    /// How this session feeds: TD2.1, or TD2.2 with a CPE.
    pub(crate) fn feeding(&self) -> Transaction {
        match self {
            Self::Cpe { .. } => Transaction::SubmitByCpe,
            _ => Transaction::Submit,
        }
    }

    /// What the assertion of a request sent now says.
    pub(crate) fn vihf(&self, circumstances: &Circumstances<'_>, software: &Software, now: Timestamp) -> Vihf {
        let subject = match self {
            Self::Air { professional, login, .. }
            | Self::Direct { professional, login, .. }
            | Self::ProSanteConnect { professional, login } => professional.subject(*login),
            Self::Cpe { employee, login } => employee.subject(*login),
            Self::Indirect { sender } => sender.subject(now),
        };
        Vihf {
            mode: self.mode(),
            holder: subject.name_id.clone(),
            holder_name: Some(subject.display_name),
            structure: subject.establishment.id.clone(),
            sector: subject.establishment.sector.clone(),
            roles: subject.roles,
            patient: circumstances.patient.cloned(),
            access: circumstances.access.clone(),
            connexion_secrete: circumstances.connexion_secrete,
            authentication: subject.login.class,
            authenticated_at: subject.login.at,
            software: software.clone(),
        }
    }

    /// Whose identifier must be among the authors of what is fed (`EX_2.1-1140`).
    pub(crate) fn submitter(&self) -> Submitter<'_> {
        match self {
            Self::Direct { professional, .. } | Self::ProSanteConnect { professional, .. } => {
                Submitter::Person(professional.person.id.as_str())
            }
            Self::Air { .. } | Self::Indirect { .. } | Self::Cpe { .. } => {
                Submitter::Structure(self.establishment().id.as_str())
            }
        }
    }

    /// The author of a submission set that carries no document.
    pub(crate) fn author(&self) -> Author {
        match self {
            Self::Air { professional, .. }
            | Self::Direct { professional, .. }
            | Self::ProSanteConnect { professional, .. } => professional.author(),
            Self::Indirect { sender } => sender.author(),
            Self::Cpe { employee, .. } => employee.author(),
        }
    }

    /// Who every assertion of this session names.
    pub(crate) fn holder(&self) -> &ProfessionalId {
        match self {
            Self::Air { professional, .. }
            | Self::Direct { professional, .. }
            | Self::ProSanteConnect { professional, .. } => &professional.person.id,
            Self::Indirect { sender } => sender.id(),
            Self::Cpe { employee, .. } => employee.id(),
        }
    }

    pub(crate) fn establishment(&self) -> &Establishment {
        match self {
            Self::Air { professional, .. }
            | Self::Direct { professional, .. }
            | Self::ProSanteConnect { professional, .. } => &professional.establishment,
            Self::Indirect { sender } => &sender.establishment,
            Self::Cpe { employee, .. } => employee.establishment(),
        }
    }
}
