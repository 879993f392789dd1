//! HTTP content types of plain SOAP messages (transactions.md §4).

/// Media type of a SOAP 1.2 message.
pub const MEDIA_TYPE: &str = "application/soap+xml";

/// `Content-Type` of a request that is not MTOM.
#[must_use]
pub fn request_content_type(action: &str) -> String {
    format!("{MEDIA_TYPE}; charset=UTF-8; action=\"{action}\"")
}

/// `Content-Type` of an answer that is not MTOM.
#[must_use]
pub fn response_content_type() -> &'static str {
    "application/soap+xml;charset=UTF-8"
}

/// The media type of a `Content-Type` value: parameters and white space dropped, lower case.
#[must_use]
pub fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a body of that `Content-Type` may be a SOAP message: anything XML, whatever the parameters.
#[must_use]
pub fn is_xml_media_type(content_type: &str) -> bool {
    let media_type = media_type(content_type);
    media_type.ends_with("+xml") || media_type.ends_with("/xml")
}
