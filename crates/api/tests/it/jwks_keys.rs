//! Reading key sets: which keys count, and for what.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use portcullis_api::http::auth::{KeySet, SetFault};
use serde_json::{Value, json};

use crate::support::{jwk, key_set};

fn parse(set: &Value) -> Result<KeySet, SetFault> {
    KeySet::parse(set.to_string().as_bytes())
}

/// Is the signature of a compact JWS right by the only key of the set?
fn holds(set: &KeySet, algorithm: Algorithm, jws: &str) -> bool {
    let (message, signature) = jws.rsplit_once('.').unwrap();
    let key = set.find(None, algorithm).unwrap();
    assert_eq!(key.algorithm, algorithm);
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.key, algorithm).unwrap()
}

/// The examples of RFC 7515 (A.2, A.3) and RFC 8037 (A.4).
#[test]
fn the_examples_of_the_standards_hold() {
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ",
        "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2",
        "R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD",
        "TW9gb54h4FRWyuXpoQ",
    )});
    let signature = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU",
        "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d",
        "O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig",
        "cN_IoypGlUPQGe77Rw",
    );
    let ec = json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let examples = [
        (Algorithm::RS256, rsa, format!("eyJhbGciOiJSUzI1NiJ9.{payload}.{signature}")),
        (
            Algorithm::ES256,
            ec,
            format!(
                "eyJhbGciOiJFUzI1NiJ9.{payload}.\
                 DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
        ),
        (
            Algorithm::EdDSA,
            ed,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
             hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
                .to_owned(),
        ),
    ];
    for (algorithm, key, jws) in examples {
        let set = parse(&json!({"keys": [key]})).unwrap();
        assert!(holds(&set, algorithm, &jws), "{algorithm:?}");
        assert!(!holds(&set, algorithm, &jws.replacen("eyJhbGci", "eyJhbGcj", 1)), "{algorithm:?}");
    }
}

/// Keys that are not for verifying tokens, or not safe for it, are left out of a set that has others.
#[test]
fn keys_that_do_not_count() {
    let with = |id: &str, name: &str, value: Value| {
        let mut key = jwk(id);
        key[name] = value;
        key
    };
    let changed = |text: &Value, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap();
        change(&mut bytes);
        json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    };
    let zero_before = |text: &Value| changed(text, &|bytes| bytes.insert(0, 0));
    let even = |text: &Value| changed(text, &|bytes| *bytes.last_mut().unwrap() &= 0xfe);
    let left_out = [
        ("encryption", with("rsa", "use", json!("enc"))),
        ("operations without verify", with("ed", "key_ops", json!(["sign"]))),
        ("no operations", with("ed", "key_ops", json!([]))),
        ("short", jwk("rsa-short")),
        ("other algorithm of the family", with("rsa", "alg", json!("PS256"))),
        ("algorithm of another family", with("ec", "alg", json!("RS256"))),
        ("no algorithm of ours", with("rsa", "alg", json!("HS256"))),
        ("other curve", with("ec", "crv", json!("P-384"))),
        ("other curve of Edwards", with("ed", "crv", json!("Ed448"))),
        ("curve of another type", with("ed", "crv", json!("P-256"))),
        ("no curve", with("ec", "crv", Value::Null)),
        ("secret", json!({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256", "kid": "o"})),
        ("unknown type", with("rsa", "kty", json!("LATTICE"))),
        ("type in another case", with("rsa", "kty", json!("rsa"))),
        ("private", with("ed", "d", json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))),
        ("no modulus", with("rsa", "n", Value::Null)),
        ("empty modulus", with("rsa", "n", json!(""))),
        ("even modulus", with("rsa", "n", even(&jwk("rsa")["n"]))),
        ("even exponent", with("rsa", "e", even(&jwk("rsa")["e"]))),
        ("exponent 1", with("rsa", "e", json!("AQ"))),
        ("exponent 0", with("rsa", "e", json!("AA"))),
        ("padded base64", with("ed", "x", json!(format!("{}=", jwk("ed")["x"].as_str().unwrap())))),
        ("short coordinate", with("ec", "y", json!("AQAB"))),
        ("long coordinate", with("ec", "x", zero_before(&jwk("ec")["x"]))),
        ("short point", with("ed", "x", json!("AQAB"))),
        ("not text", with("rsa", "n", json!(65537))),
        ("not an object", json!("rsa")),
    ];
    for (name, key) in left_out {
        assert!(parse(&json!({"keys": [key]})).unwrap().is_empty(), "{name}");
        let set = parse(&json!({"keys": [key, with("rsa-next", "kid", json!("good"))]})).unwrap();
        assert_eq!(set.left_out(), 1, "{name}");
        assert!(set.find(Some("good"), Algorithm::RS256).is_some(), "{name}");
    }
    for (name, key) in [
        ("as it is", jwk("rsa")),
        ("no alg", with("rsa", "alg", Value::Null)),
        ("no use", with("rsa", "use", Value::Null)),
        ("operations", with("rsa", "key_ops", json!(["verify", "sign"]))),
        ("zero before the modulus", with("rsa", "n", zero_before(&jwk("rsa")["n"]))),
        ("chain of certificates", with("rsa", "x5c", json!(["MIIB"]))),
    ] {
        assert_eq!(parse(&json!({"keys": [key]})).unwrap().left_out(), 0, "{name}");
    }
}

#[test]
fn sets_that_do_not_count() {
    let text = |json: &str| KeySet::parse(json.as_bytes()).unwrap_err();
    for json in
        ["", "{", "[]", "null", "{\"keys\":{}}", "{}", "\u{feff}{\"keys\":[]}", "{\"keys\":[]} {}", "\"secret\""]
    {
        let fault = text(json);
        assert!(matches!(fault, SetFault::Malformed { .. }), "{json}: {fault}");
        assert!(!fault.to_string().contains("secret"), "{fault}");
    }
    assert!(matches!(text(&format!("{{\"keys\":{}}}", "[".repeat(100_000))), SetFault::Malformed { .. }));
    let mut many = vec![json!({"kty": "oct"}); 100];
    many.push(jwk("rsa"));
    assert!(matches!(parse(&json!({"keys": many})), Err(SetFault::TooMany)));
    many.pop();
    many[0] = jwk("rsa");
    assert_eq!(parse(&json!({"keys": many})).unwrap().left_out(), 99);
    let mut same = key_set(&["rsa", "ec"]);
    same["keys"][1]["kid"] = json!("rsa");
    assert!(matches!(parse(&same), Err(SetFault::SameId)));
    // One that is left out takes nobody's id away.
    same["keys"][1]["use"] = json!("enc");
    assert!(parse(&same).is_ok());
}

#[test]
fn a_key_is_found_by_its_id_or_by_being_the_only_one() {
    let set = parse(&key_set(&["rsa", "rsa-next", "ec"])).unwrap();
    let id = |id, algorithm| set.find(id, algorithm).map(|key| key.id.clone().unwrap());
    assert_eq!(id(Some("ec"), Algorithm::ES256).as_deref(), Some("ec"));
    // Its algorithm is its own; the caller's counts for nothing beside an id.
    assert_eq!(set.find(Some("ec"), Algorithm::RS256).unwrap().algorithm, Algorithm::ES256);
    assert_eq!(id(Some("other"), Algorithm::ES256), None);
    assert_eq!(id(None, Algorithm::ES256).as_deref(), Some("ec"));
    assert_eq!(id(None, Algorithm::RS256), None);
    assert_eq!(id(None, Algorithm::EdDSA), None);
    let mut nameless = key_set(&["rsa"]);
    nameless["keys"][0].as_object_mut().unwrap().remove("kid");
    let set = parse(&nameless).unwrap();
    assert!(set.find(None, Algorithm::RS256).is_some());
    assert!(set.find(Some("rsa"), Algorithm::RS256).is_none());
}
