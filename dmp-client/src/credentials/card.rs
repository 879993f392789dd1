//! The two key pairs of a CPx card.

use std::fmt;

use dmp_vocabulary::Realm;
use dmp_vocabulary::identity::ProfessionalId;

use super::{AuthenticationIdentity, CredentialError, SigningIdentity};

/// Attribute types of a holder's name.
const SURNAME: &str = "2.5.4.4";
const GIVEN_NAME: &str = "2.5.4.42";
const ORGANISATION: &str = "2.5.4.10";

/// A CPx card (CPS, CPF, CPE, CPS of a remplaçant): its authentication key opens the TLS connections, its signature key signs
/// assertions and submissions. Both may stay on the card: see [`AuthenticationIdentity::from_signer`] and
/// [`SigningIdentity::from_signer`].
#[derive(Clone)]
pub struct Card {
    authentication: AuthenticationIdentity,
    signature: Option<SigningIdentity>,
    holder: ProfessionalId,
    family: String,
    given: String,
    organisation: Option<String>,
}

impl Card {
    /// The pairs of one card. Without the signature pair assertions go unsigned, and nothing can be fed.
    ///
    /// # Errors
    /// A certificate that names no person (V02), two certificates of two holders (V23), a holder whose number has
    /// none of the forms of a PS_IdNat (V35).
    pub fn new(
        authentication: AuthenticationIdentity,
        signature: Option<SigningIdentity>,
    ) -> Result<Self, CredentialError> {
        let certificate = authentication.certificate();
        let id = certificate.holder_id().ok_or(CredentialError::NotACard)?;
        if let Some(signature) = &signature {
            if signature.certificate() == certificate {
                return Err(CredentialError::SameCertificate);
            }
            if signature.certificate().holder_id() != Some(id) {
                return Err(CredentialError::TwoHolders);
            }
        }
        // The branch is a matter of the endpoint: a number is read in the wider world.
        let holder = ProfessionalId::parse(id, Realm::Test).map_err(|_| CredentialError::HolderId)?.value;
        let value = |kind| certificate.subject().values(kind).next().map(str::to_owned);
        let [family, given, organisation] = [SURNAME, GIVEN_NAME, ORGANISATION].map(value);
        let (family, given) = (family.unwrap_or_default(), given.unwrap_or_default());
        Ok(Self { authentication, signature, holder, family, given, organisation })
    }

    /// Who holds the card: the CN, as `NameID` and as author of what is fed.
    #[must_use]
    pub fn holder(&self) -> &ProfessionalId {
        &self.holder
    }

    /// Whether it is the card of an employee (CPE): its number is an internal one of a structure.
    #[must_use]
    pub fn is_cpe(&self) -> bool {
        self.holder.internal_id().is_some()
    }

    /// Raison sociale on a CPE.
    pub(crate) fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    /// Family name and given name, both empty on a card that names nobody.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.family, &self.given)
    }

    pub(crate) fn into_pairs(self) -> (AuthenticationIdentity, Option<SigningIdentity>) {
        (self.authentication, self.signature)
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("signs", &self.signature.is_some()).finish_non_exhaustive()
    }
}
