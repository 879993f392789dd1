//! Redirections of the DMP (`EX_0.X-1055`): followed, but never away from it, because the request carries
//! health data and an assertion.

use std::collections::BTreeSet;

use http::StatusCode;
use url::{Host, Url};

/// The DMP never needs more.
pub(crate) const MAX_HOPS: usize = 5;

/// French second-level domains under which anybody's host may be: `lps.dmp.gouv.fr` and `x.gouv.fr` are strangers.
const SHARED_SECOND_LEVELS: [&str; 8] = ["gouv", "asso", "com", "nom", "prd", "tm", "co", "org"];

/// Hosts a redirection may lead to.
#[derive(Debug, Clone)]
pub(crate) struct AllowedHosts {
    base: String,
    registrable: Option<String>,
    others: BTreeSet<String>,
}

impl AllowedHosts {
    /// The same additional hosts beside another base.
    pub(crate) fn around(&self, base: &Url) -> Self {
        Self::new(base, self.others.iter().cloned())
    }

    /// The host of the base URL, its registrable domain, and `others` exactly.
    pub(crate) fn new(base: &Url, others: impl IntoIterator<Item = String>) -> Self {
        Self {
            base: base.host_str().unwrap_or_default().to_ascii_lowercase(),
            registrable: base.host().and_then(registrable_domain),
            others: others.into_iter().map(|host| host.to_ascii_lowercase()).collect(),
        }
    }

    fn allow(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().map(str::to_ascii_lowercase) else {
            return false;
        };
        host == self.base
            || self.others.contains(&host)
            || self.registrable.as_deref().is_some_and(|domain| {
                host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            })
    }
}

/// The part of a host name that one owner registered; `None` for addresses and single labels.
fn registrable_domain(host: Host<&str>) -> Option<String> {
    let Host::Domain(name) = host else {
        return None;
    };
    let labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
    let [.., second, top] = labels.as_slice() else {
        return None;
    };
    let shared = top.len() == 2 && SHARED_SECOND_LEVELS.contains(second);
    let wanted = if shared { 3 } else { 2 };
    let start = labels.len().checked_sub(wanted)?;
    Some(labels.get(start..)?.join(".").to_ascii_lowercase())
}

/// Why a redirection is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// More than five in a row.
    #[error("more than {MAX_HOPS} redirections in a row")]
    TooMany,
    /// To the very address that answered: it would go on for ever.
    #[error("the redirection leads to the address that answered it")]
    Loop,
    /// 303 asks for a GET, which no DMP service answers; other 3xx say nothing usable.
    #[error("HTTP {0} is not a redirection that a SOAP request can follow")]
    Unusable(u16),
    /// No readable `Location`.
    #[error("the redirection names no usable address (header Location)")]
    NoLocation,
    /// The target is not `https`.
    #[error("the redirection leaves https")]
    NotHttps,
    /// The target is another site.
    #[error(
        "the redirection leads to {0}, which is not a host of the configured endpoint; add it to the allowed hosts if it is a DMP host"
    )]
    ForeignHost(String),
}

/// Where a 3xx answer sends the same POST, after `hops` redirections already followed.
pub(crate) fn next_hop(
    status: StatusCode,
    location: Option<&str>,
    from: &Url,
    hops: usize,
    allowed: &AllowedHosts,
) -> Result<Url, RedirectError> {
    if !matches!(status.as_u16(), 301 | 302 | 307 | 308) {
        return Err(RedirectError::Unusable(status.as_u16()));
    }
    if hops >= MAX_HOPS {
        return Err(RedirectError::TooMany);
    }
    // An empty Location would resolve to the very URL that answered, and send health data there again and again.
    let location = location.map(str::trim).filter(|location| !location.is_empty());
    let mut target = location.and_then(|location| from.join(location).ok()).ok_or(RedirectError::NoLocation)?;
    target.set_fragment(None);
    if target == *from {
        return Err(RedirectError::Loop);
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(RedirectError::NoLocation);
    }
    if target.scheme() != "https" {
        return Err(RedirectError::NotHttps);
    }
    if !allowed.allow(&target) {
        let host = target.host_str().unwrap_or_default().to_owned();
        return Err(RedirectError::ForeignHost(host));
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(base: &str, status: u16, location: Option<&str>, hops: usize) -> Result<String, RedirectError> {
        let base = Url::parse(base).unwrap();
        let allowed = AllowedHosts::new(&base, ["relais.example.net".to_owned()]);
        next_hop(StatusCode::from_u16(status).unwrap(), location, &base, hops, &allowed).map(|url| url.to_string())
    }

    const BASE: &str = "https://lps.dmp.gouv.fr/si-dmp-server/v2/services/patients";

    #[test]
    fn a_location_that_names_nothing_or_someone_is_not_followed() {
        for location in [
            None,
            Some(""),
            Some("  "),
            Some("https://evil.test@lps.dmp.gouv.fr/"),
            Some("https://:p@lps.dmp.gouv.fr/"),
        ] {
            assert_eq!(hop(BASE, 307, location, 0), Err(RedirectError::NoLocation), "{location:?}");
        }
    }

    #[test]
    fn hosts_of_the_same_owner_are_followed() {
        for (location, expected) in [
            ("https://lps2.dmp.gouv.fr/x", "https://lps2.dmp.gouv.fr/x"),
            ("/ailleurs", "https://lps.dmp.gouv.fr/ailleurs"),
            ("https://DMP.gouv.fr/x", "https://dmp.gouv.fr/x"),
            ("https://relais.example.net/x", "https://relais.example.net/x"),
        ] {
            for status in [301, 302, 307, 308] {
                assert_eq!(hop(BASE, status, Some(location), 0).unwrap(), expected);
            }
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let foreign = |host: &str| RedirectError::ForeignHost(host.to_owned());
        for (status, location, hops, expected) in [
            (307, Some("https://autre.gouv.fr/x"), 0, foreign("autre.gouv.fr")),
            (307, Some("https://faux-dmp.gouv.fr/x"), 0, foreign("faux-dmp.gouv.fr")),
            (307, Some("https://a.relais.example.net/x"), 0, foreign("a.relais.example.net")),
            (307, Some("http://lps.dmp.gouv.fr/x"), 0, RedirectError::NotHttps),
            (307, Some("https://["), 0, RedirectError::NoLocation),
            (307, None, 0, RedirectError::NoLocation),
            (307, Some(BASE), 0, RedirectError::Loop),
            (302, Some("/si-dmp-server/v2/services/patients#again"), 0, RedirectError::Loop),
            (303, Some("/x"), 0, RedirectError::Unusable(303)),
            (304, Some("/x"), 0, RedirectError::Unusable(304)),
            (308, Some("/x"), 5, RedirectError::TooMany),
        ] {
            assert_eq!(hop(BASE, status, location, hops), Err(expected));
        }
    }

    #[test]
    fn an_address_is_only_itself() {
        let base = "https://127.0.0.1:8443/si-dmp-server/v2/services/patients";
        assert!(hop(base, 307, Some("https://127.0.0.1:9000/x"), 0).is_ok());
        assert!(hop(base, 307, Some("https://126.0.0.1/x"), 0).is_err());
        assert!(hop("https://localhost/x", 307, Some("https://localhost:1/x"), 0).is_ok());
    }
}
