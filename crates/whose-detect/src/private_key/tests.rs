//! Keys of every format, made at test time, and what inventories would call them.

use super::*;
use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData};

fn pem(label: &str, der: &[u8]) -> String {
    let body = BASE64.encode(der);
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}PRIVATE KEY-----\n{}\n-----END {label}PRIVATE KEY-----\n", lines.join("\n"))
}

fn read(text: &str) -> Facts {
    let at = text.find("-----BEGIN ").unwrap();
    let end = text[at..].find("PRIVATE KEY-----\n-----").map_or(text.len(), |end| at + end);
    Facts::read(text.as_bytes(), &(at..end))
}

/// The parts of a key in OpenSSH's format, each behind its length.
fn openssh(cipher: &str, derivation: &str, blob: &[u8]) -> String {
    let counted = |part: &[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes(), part].concat();
    let parts = [cipher.as_bytes(), derivation.as_bytes(), b""].map(counted).concat();
    let bytes = [b"openssh-key-v1\0", parts.as_slice(), &[0, 0, 0, 1], &counted(blob), &counted(&[7; 64])].concat();
    pem("OPENSSH ", &bytes)
}

/// GitHub's own host key.
fn host_key() -> Vec<u8> {
    BASE64.decode(b"AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl").unwrap()
}

/// A PKCS #1 key whose numbers mean nothing, except that the modulus is this.
fn pkcs1_of(modulus: &[u8]) -> Vec<u8> {
    use pkcs1::der::Encode;
    let number = |bytes| pkcs1::UintRef::new(bytes).unwrap();
    let (one, exponent) = (&[1][..], &[1, 0, 1][..]);
    let key = pkcs1::RsaPrivateKey {
        modulus: number(modulus),
        public_exponent: number(exponent),
        private_exponent: number(one),
        prime1: number(one),
        prime2: number(one),
        exponent1: number(one),
        exponent2: number(one),
        coefficient: number(one),
        other_prime_infos: None,
    };
    key.to_der().unwrap()
}

#[test]
fn openssh_keys_have_the_fingerprint_that_their_vendor_publishes() {
    let facts = read(&openssh("none", "none", &host_key()));
    assert_eq!(facts.ssh_fingerprint.as_deref(), Some("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"));
    assert_eq!(facts.encryption, None);
}

#[test]
fn encrypted_openssh_keys_show_their_public_half_all_the_same() {
    let facts = read(&openssh("aes256-ctr", "bcrypt", &host_key()));
    assert_eq!(facts.ssh_fingerprint.as_deref(), Some("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"));
    assert_eq!(facts.encryption.as_deref(), Some("aes256-ctr (bcrypt)"));
}

#[test]
fn other_encrypted_keys_say_that_they_are() {
    let body = BASE64.encode(&[7; 96]);
    let legacy = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{}\n\n{body}\n-----END RSA PRIVATE KEY-----",
        "AB".repeat(16)
    );
    assert_eq!(read(&legacy), Facts { encryption: Some("AES-128-CBC".into()), ..Facts::default() });
    assert_eq!(read(&pem("ENCRYPTED ", &[7; 96])), Facts { encryption: Some("PKCS #8".into()), ..Facts::default() });
}

#[test]
fn one_key_has_one_public_half_in_every_format() {
    for algorithm in [&PKCS_ED25519, &PKCS_ECDSA_P256_SHA256] {
        let pair = KeyPair::generate_for(algorithm).unwrap();
        let facts = read(&pair.serialize_pem());
        // What X.509 calls the key, as another library writes it.
        assert_eq!(facts.public_key.as_deref(), Some(public::sha256_hex(&pair.subject_public_key_info()).as_str()));
        assert!(facts.ssh_fingerprint.is_some_and(|print| print.len() == 50));
    }
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let der = pair.serialize_der();
    let info = pkcs8::PrivateKeyInfo::from_der(&der).unwrap();
    // The inner SEC 1 key does not name its curve here, and then only what is around it can.
    assert!(public::of_sec1(info.private_key, None).is_none());
    let curve = info.algorithm.parameters_oid().unwrap();
    let alone = public::of_sec1(info.private_key, Some(curve)).unwrap();
    assert_eq!(Some(alone.ssh_fingerprint()), read(&pair.serialize_pem()).ssh_fingerprint);
}

#[test]
fn rsa_keys_are_the_same_in_pkcs1_pkcs8_and_openssh() {
    let modulus: Vec<u8> = (0..256_u16).map(|at| (at as u8).wrapping_mul(37) | 0x81).collect();
    let inner = pkcs1_of(&modulus);
    let first = read(&pem("RSA ", &inner));
    assert!(first.public_key.is_some());
    let algorithm = spki::AlgorithmIdentifier {
        oid: pkcs8::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"),
        parameters: Some(spki::der::asn1::AnyRef::NULL),
    };
    let wrapped = spki::der::Encode::to_der(&pkcs8::PrivateKeyInfo::new(algorithm, &inner)).unwrap();
    assert_eq!(read(&pem("", &wrapped)), first);
    let counted = |part: &[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes(), part].concat();
    let signed = [&[0], modulus.as_slice()].concat();
    let blob = [counted(b"ssh-rsa"), counted(&[1, 0, 1]), counted(&signed)].concat();
    assert_eq!(read(&openssh("none", "none", &blob)), first);
}

#[test]
fn certificates_beside_the_key_are_told_when_they_are_its_own() {
    let (pair, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate =
        |pair: &KeyPair| CertificateParams::new(vec!["pay.test".into()]).unwrap().self_signed(pair).unwrap();
    let (own, foreign) = (certificate(&pair), certificate(&other));
    let bundle = format!("{}{}{}", foreign.pem(), pair.serialize_pem(), own.pem());
    let at = bundle.find("-----BEGIN PRIVATE").unwrap();
    let end = at + pair.serialize_pem().trim_end().len();
    let expected = vec![data_encoding::HEXLOWER.encode(&<sha1::Sha1 as sha1::Digest>::digest(own.der()))];
    assert_eq!(Facts::read(bundle.as_bytes(), &(at..end)).certificates, expected);
    let escaped = bundle.replace('\n', "\\n");
    let at = escaped.find("-----BEGIN PRIVATE").unwrap();
    let end = at + escaped[at..].find("-----END PRIVATE KEY-----").unwrap() + 25;
    assert_eq!(Facts::read(escaped.as_bytes(), &(at..end)).certificates, expected);
    assert_eq!(read(&pair.serialize_pem()).certificates, Vec::<String>::new());
}

#[test]
fn keys_of_kinds_that_no_inventory_lists_give_nothing() {
    let counted = |part: &[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes(), part].concat();
    for blob in
        [counted(b"ssh-dss"), counted(b"ecdsa-sha2-nistp999"), [counted(b"ssh-ed25519"), counted(&[7; 31])].concat()]
    {
        assert_eq!(read(&openssh("none", "none", &blob)), Facts::default());
    }
    assert_eq!(read(&pem("DSA ", &[7; 96])), Facts::default());
    assert_eq!(read(&pem("", &[7; 96])), Facts::default());
}

proptest! {
    #[test]
    fn any_body_is_read_without_fault(
        label in prop::sample::select(vec!["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "PGP "]),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let facts = read(&pem(label, &body));
        prop_assert!(facts.certificates.is_empty());
    }

    #[test]
    fn damaged_and_cut_off_keys_are_read_without_fault(at in 0_usize..400, byte in any::<u8>(), length in 0_usize..400) {
        let rsa = pkcs1_of(&[0xc5; 128]);
        let ssh = BASE64.decode(normalised(openssh("none", "none", &host_key()).as_bytes()).bytes()).unwrap();
        for (label, mut der) in [("RSA ", rsa), ("OPENSSH ", ssh)] {
            let place = at % der.len();
            der[place] = byte;
            der.truncate(length.max(1));
            let _ = read(&pem(label, &der));
        }
    }
}
