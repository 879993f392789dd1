//! TD0.9 and TD0.10: the pages that a session opens in the Web-PS.

use dmp_protocol::vihf::{Access, AuthenticationMode, Stamp};
use dmp_protocol::web_ps::{DIRECT_PATH, Form, Page, PatientUse, page_url, write_saml_response};
use jiff::Timestamp;
use uuid::Uuid;

use super::caller::Voice;
use super::existence::KnownState;
use super::mode::{AccessMode, Centre15, Normal, OpensWebPs};
use super::opening::Session;
use super::record::Record;
use super::shared::Circumstances;
use super::watching::WatchedCall;
use crate::watch::Issued;
use crate::web_ps::{TokenTrace, WebAccess};
use crate::{DmpError, ErrorKind, failure};

impl<A: OpensWebPs> Session<A, Normal> {
    /// TD0.9 (TD0.10 in AIR) without patient: the dashboard, or the settings. Nothing is sent: the browser, or the proxy
    /// of the structure, does it. In AIR the token lives 30 s and serves once: ask for it when it is to be posted.
    ///
    /// # Errors
    /// A page that needs a patient or that AIR does not open, no address for this mode (`EX_0.9-1030`), a token that
    /// cannot be signed.
    pub async fn web_ps(&self, page: Page) -> Result<WebAccess, DmpError> {
        self.voice(Access::Normal).open_page(page).await
    }
}

impl<A: OpensWebPs> Session<A, Centre15> {
    /// As in normal access; in AIR the token says centre 15.
    ///
    /// # Errors
    /// As in normal access.
    pub async fn web_ps(&self, page: Page) -> Result<WebAccess, DmpError> {
        self.voice(Access::Centre15).open_page(page).await
    }
}

impl<A: OpensWebPs, X: AccessMode> Record<A, X> {
    /// TD0.9 (TD0.10 in AIR) on this patient. In AIR the token says the access mode; with a card or Pro Santé Connect
    /// the Web-PS asks for it.
    ///
    /// # Errors
    /// The patient does not agree to consultation (`EX_0.3-1010`), a DMP that TD0.2 said absent or closed on another page
    /// than the dashboard, a page without patient, and as in [`Session::web_ps`].
    pub async fn web_ps(&self, page: Page) -> Result<WebAccess, DmpError> {
        self.require_consultation()?;
        let voice = self.caller.voice();
        if page != Page::TableauDeBord {
            require_open(&self.known, voice.page_td())?;
        }
        voice.open_page(page).await
    }
}

fn require_open(known: &KnownState, td: &'static str) -> Result<(), DmpError> {
    known.closed_or_absent().map_or(Ok(()), |refusal| Err(refusal.page_error(td)))
}

impl Voice {
    fn page_td(&self) -> &'static str {
        if self.acting.mode().is_air() { "TD0.10" } else { "TD0.9" }
    }

    /// Watched like a message, although nothing is sent.
    async fn open_page(self, page: Page) -> Result<WebAccess, DmpError> {
        let watched = self.begin_page(page).await?;
        let made = self.page_access(page, watched.call()).await;
        watched.end(made).await
    }

    async fn page_access(&self, page: Page, call: &WatchedCall) -> Result<WebAccess, DmpError> {
        self.permit(page)?;
        self.acting.require_current(Timestamp::now()).map_err(|error| error.with_page_td(self.page_td()))?;
        let ins = self.patient.as_ref();
        let addresses = &self.shared.web_ps;
        match self.acting.mode() {
            AuthenticationMode::Air | AuthenticationMode::AirSimplifie => {
                let base = self.address(addresses.air.as_deref(), "air")?;
                let url = page_url(base, addresses.air_path_or_default(), page, ins);
                self.air_form(url, call).await
            }
            AuthenticationMode::ProSanteConnect => {
                let form = Form::direct(self.address(addresses.psc.as_deref(), "psc")?, page, ins);
                WebAccess::form(form, None).map_err(|error| self.unwritable(error))
            }
            _ => {
                let base = self.address(addresses.cps.as_deref(), "cps")?;
                Ok(WebAccess::address(page_url(base, DIRECT_PATH, page, ins)))
            }
        }
    }

    /// Which page goes with a patient, and which one AIR opens.
    fn permit(&self, page: Page) -> Result<(), DmpError> {
        let (found, expected) = match (page.patient_use(), self.patient.is_some()) {
            (PatientUse::Mandatory, false) => ("a page about a patient, without patient", "Record::web_ps"),
            (PatientUse::None, true) => ("a page about no patient, with one", "Session::web_ps"),
            _ if self.acting.mode().is_air() && !page.opens_in_air() => {
                ("a page that AIR does not open", "TableauDeBord or DossierPatient")
            }
            _ => return Ok(()),
        };
        let refusal = failure::Local { rule: self.page_td(), kind: ErrorKind::Validation, found, expected };
        Err(refusal.page_error(self.page_td()))
    }

    fn address<'a>(&self, base: Option<&'a str>, which: &'static str) -> Result<&'a str, DmpError> {
        base.ok_or_else(|| {
            let expected = match which {
                "air" => "DmpClientBuilder::web_ps with WebPsAddresses::air",
                "psc" => "DmpClientBuilder::web_ps with WebPsAddresses::psc",
                _ => "DmpClientBuilder::web_ps with WebPsAddresses::cps",
            };
            let found = "no address of the Web-PS for this mode";
            let refusal = failure::Local { rule: "EX_0.9-1030", kind: ErrorKind::Validation, found, expected };
            refusal.page_error(self.page_td())
        })
    }

    /// A new token for each form, signed off the async threads.
    async fn air_form(&self, url: String, call: &WatchedCall) -> Result<WebAccess, DmpError> {
        let voice = self.clone();
        let signed = tokio::task::spawn_blocking(move || voice.sign_form(url)).await;
        let (access, issued) = signed.unwrap_or_else(|error| Err(self.unwritable(error)))?;
        call.admit(&issued).await?;
        Ok(access)
    }

    fn sign_form(&self, url: String) -> Result<(WebAccess, Issued), DmpError> {
        let Self { shared, acting, patient, access, connexion_secrete, .. } = self;
        let now = Timestamp::now();
        shared.credentials(now).map_err(|error| error.with_page_td(self.page_td()))?;
        let circumstances = Circumstances { patient: patient.as_ref(), access, connexion_secrete: *connexion_secrete };
        let vihf = acting.vihf(&circumstances, &shared.software, now);
        let stamp = Stamp::new(now);
        let (assertion, _) = shared.issue(&vihf, &stamp).map_err(|error| error.with_page_td(self.page_td()))?;
        let response = write_saml_response(&assertion, &stamp, &format!("_{}", Uuid::new_v4()))
            .map_err(|error| self.unwritable(error))?;
        let access = WebAccess::form(Form::air(url, &response), Some(TokenTrace::of(&vihf, &stamp)));
        Ok((access.map_err(|error| self.unwritable(error))?, shared.issued(&vihf, &stamp)))
    }

    fn unwritable(&self, error: impl std::error::Error + Send + Sync + 'static) -> DmpError {
        let refusal = failure::Local {
            rule: "V03",
            kind: ErrorKind::Validation,
            found: "a value that the page cannot carry",
            expected: "values that XML can carry",
        };
        refusal.page_error(self.page_td()).with_source(error)
    }
}
