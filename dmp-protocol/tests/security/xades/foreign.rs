//! Files in the habits of other producers, signed by `xmlsec1`: SHA-1, white space, other orders and identifiers.

use super::*;
use crate::xmlsec::{installed, pki, run, write};

/// Empties what `xmlsec1` has to compute.
fn template(file: &str) -> String {
    let (info, rest) = file.split_once("</SignedInfo>").unwrap();
    let parts: Vec<&str> = info.split("<DigestValue>").collect();
    let digest = |part: &str| format!("<DigestValue>{}", &part[part.find("</DigestValue>").unwrap()..]);
    let info = format!("{}{}{}", parts[0], digest(parts[1]), digest(parts[2]));
    let value = rest.find("<SignatureValue>").unwrap() + "<SignatureValue>".len();
    let end = rest.find("</SignatureValue>").unwrap();
    format!("{info}</SignedInfo>{}{}", &rest[..value], &rest[end..])
}

#[test]
fn the_habits_of_other_producers_are_accepted() {
    if !installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let good = our_file(&Switches::default());
    let sha1 = {
        let algorithm = DigestAlgorithm::Sha1;
        let xml = digest(&documents()[0].1, algorithm);
        let raw = algorithm.digest(&documents()[1].1);
        let der = certificate("org_sign");
        good.replace("http://www.w3.org/2001/04/xmlenc#sha256", algorithm.uri())
            .replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")
            .replace(&encode_base64(&sha256(&documents()[0].1)), &encode_base64(&xml))
            .replace(&encode_base64(&DigestAlgorithm::Sha256.digest(&documents()[1].1)), &encode_base64(&raw))
            .replace(&encode_base64(&der.sha256()), &encode_base64(&der.sha1()))
    };
    let object = |from: &str| {
        let start = good.find(from).unwrap();
        good[start..good[start..].find("</Object>").unwrap() + start + "</Object>".len()].to_owned()
    };
    let properties = object("<Object><SignatureProperties");
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
    let cases = [
        ("SHA-1", sha1, "accepted", "S02"),
        (
            "white space",
            good.replace("><Object>", ">\r\n\t<Object>\n")
                .replace("<SignedSignatureProperties>", "\n <SignedSignatureProperties>\n")
                .replace(
                    "<SignedDataObjectProperties/>",
                    "<SignedDataObjectProperties>\n</SignedDataObjectProperties>",
                ),
            "accepted",
            "accepted",
        ),
        (
            "schemaLocation",
            good.replace(
                "<Manifest ",
                r#"<Manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" "#,
            ),
            "accepted",
            "accepted",
        ),
        (
            "bare Id",
            good.replace("\"_2.25.1.5", "\"2.25.1.5").replace("#_2.25.1.5", "#2.25.1.5"),
            "accepted",
            "accepted",
        ),
        (
            "block before the Manifest",
            good.replacen(&properties, "", 1).replacen(
                "<Object><Manifest",
                &format!("{properties}<Object><Manifest"),
                1,
            ),
            "accepted",
            "accepted",
        ),
        ("exclusive SignedInfo", good.replacen(c14n, exclusive, 1), "accepted", "accepted"),
        (
            "transform on a reference",
            good.replacen(
                "#Manifest\" URI=\"#IHEManifest\">",
                &format!(
                    "#Manifest\" URI=\"#IHEManifest\"><Transforms><Transform Algorithm=\"{exclusive}\"/></Transforms>"
                ),
                1,
            ),
            "accepted",
            "accepted",
        ),
        ("base64 with CR", good.replacen("<X509Certificate>", "<X509Certificate>&#13;\n", 1), "accepted", "accepted"),
    ];
    let key = format!("{},{}", pki("org_sign.key.pem"), pki("org_sign.pem"));
    let arguments = [
        "--sign",
        "--ignore-manifests",
        "--privkey-pem",
        &key,
        "--id-attr:Id",
        "http://www.w3.org/2000/09/xmldsig#:Manifest",
        "--id-attr:Id",
        "http://uri.etsi.org/01903/v1.1.1#:SignedProperties",
    ];
    for (what, file, expected, without_sha1) in cases {
        let input = write(&folder, "template.xml", template(&file).as_bytes());
        let signed = match run(&arguments, &input) {
            Ok(signed) => signed,
            Err(error) if what == "SHA-1" => {
                println!("skipped: xmlsec1 does not sign with SHA-1 here: {error}");
                continue;
            }
            Err(error) => panic!("{what}: {error}"),
        };
        let refusing = Switches { xades_accept_sha1: false, ..Switches::default() };
        assert_eq!(our_verifier().rule(&signed), expected, "{what}: {signed}");
        assert_eq!(Verifier { switches: refusing, ..our_verifier() }.rule(&signed), without_sha1, "{what}");
    }
}
