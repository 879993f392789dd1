//! `ds:KeyInfo`: one certificate, everything else is ignored and never chooses a key.

use dmp_xml::Element;

use super::{DSIG, decode_base64};
use crate::certificate::Certificate;

/// The certificate of the one `X509Data/X509Certificate`.
pub(crate) fn certificate_of(key_info: &Element) -> Result<Certificate, String> {
    let mut certificates = key_info.descendants().filter(|element| element.is(DSIG, "X509Certificate"));
    let (Some(_), None) = (certificates.next(), certificates.next()) else {
        return Err("no or several X509Certificate".to_owned());
    };
    let certificate =
        key_info.descend(&[(DSIG, "X509Data"), (DSIG, "X509Certificate")]).ok_or("X509Certificate outside X509Data")?;
    let der = decode_base64(&certificate.text()).map_err(|error| error.to_string())?;
    Certificate::from_der(&der).map_err(|error| error.to_string())
}
