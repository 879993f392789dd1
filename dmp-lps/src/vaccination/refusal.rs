//! What no note may do, said before the network.

use dmp_client::{DmpError, ErrorKind};
use dmp_protocol::error::LocalRefusal;

/// `EX_2.1-2005`.
pub(super) fn secret() -> Box<DmpError> {
    let refusal = LocalRefusal::new("EX_2.1-2005")
        .kind(ErrorKind::Validation)
        .meaning(
            "a note de vaccination is seen by everybody: none is made in connexion secrète",
            "une note de vaccination est visible de tous : aucune en connexion secrète",
        )
        .found("a note in connexion secrète")
        .expected("a note outside connexion secrète, with confidentiality N")
        .remedy(
            "close the connexion secrète, or keep the vaccination out of the DMP",
            "fermer la connexion secrète, ou ne pas alimenter le DMP de cette vaccination",
        );
    Box::new(DmpError::local(refusal))
}

/// X23.
pub(super) fn same_vaccination() -> Box<DmpError> {
    let refusal = LocalRefusal::new("X23")
        .found("a vaccine and a day of which a note of this software tells already (DMPFragmentCVAError)")
        .expected("one note for a vaccine (code CIS) and a day")
        .remedy(
            "correct the existing note: a new version that replaces it, with the identifier of the vaccination",
            "corriger la note existante : une nouvelle version qui la remplace, avec l'identifiant de la vaccination",
        );
    Box::new(DmpError::local(refusal))
}
