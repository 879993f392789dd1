//! How a page says no.

/// What the page of an address that is not declared says, with status 403 (test platforms).
pub const ACCESS_FORBIDDEN: &str = "AccessForbidden";
/// `meta` in which the mock puts the code of a refusal: a convention of this project, pages of the DMP have none.
pub const REFUSAL_META: &str = "dmp-error";

/// Of a page, only its head is looked at.
const HEAD_MAX: usize = 16 * 1024;

/// The code of a page that refuses, if it has one: `<meta name="dmp-error" content="…"/>`.
#[must_use]
pub fn refusal_code(page: &str) -> Option<&str> {
    let mut end = page.len().min(HEAD_MAX);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let (_, rest) = page[..end].split_once(&format!("name=\"{REFUSAL_META}\""))?;
    let (tag, _) = rest.split_once('>')?;
    let (_, value) = tag.split_once("content=\"")?;
    let (code, _) = value.split_once('"')?;
    let is_code = !code.is_empty() && code.len() <= 80 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_code.then_some(code)
}
