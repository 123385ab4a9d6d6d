//! `docs/openapi.json`, made of the calls and of the types that travel.

use crate::counter::Counter;
use axum::http::{Method, StatusCode};
use floorbook_model::Event;
use floorbook_protocol::{
    BATCH_HEADER, CHALLENGE_HEADER, Call, Config, ConfigRequest, ContactRecord, DEVICE_HEADER, DayLedger, FEED_HEADER,
    FeedHead, FeedRequest, Hello, PROBLEM_MEDIA_TYPE, PROTOCOL_MAX, PairGrant, PairRequest, PhoneAnswer, PhoneRequest,
    Problem, ProblemKind, Purpose, Receipt, Signed, SpoolRecord, VERSIONS_HEADER, limits,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

const WRITE: &str = "FLOORBOOK_WRITE_BINDINGS";
const JSON: &str = "application/json";
const LINES: &str = "application/jsonl";

#[test]
fn the_committed_description_is_that_of_this_code() {
    let fresh = serde_json::to_string_pretty(&sorted(description())).unwrap() + "\n";
    let path = committed();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), fresh, "run `cargo xtask bindings`");
}

#[tokio::test]
async fn every_call_of_the_router_is_described_and_no_other() {
    let (counter, description) = (Counter::open(), description());
    let described = description["paths"].as_object().unwrap();
    assert_eq!(described.len(), Call::ALL.len());
    for (path, operations) in described {
        let methods: Vec<&String> = operations.as_object().unwrap().keys().collect();
        assert_eq!(methods.len(), 1, "{path}");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let is_described = method.as_str().eq_ignore_ascii_case(methods[0]);
            let status = counter.probe(method.clone(), path).await;
            assert_eq!(status != StatusCode::NOT_FOUND, is_described, "{method} {path}: {status}");
        }
    }
    assert_eq!(counter.probe(Method::GET, "/").await, StatusCode::NOT_FOUND);
}

#[test]
fn whatever_is_referred_to_is_there() {
    let description = description();
    let mut referred = Vec::new();
    references(&description, &mut referred);
    assert!(referred.len() > 50, "{}", referred.len());
    for reference in referred {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

/// Fields in one order, whatever order the JSON library was built to keep, and texts for whoever reads no Rust.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        // Links of the code's own comments lead nowhere here.
        Value::String(text) => text.replace("[`crate::", "`").replace("[`", "`").replace("`]", "`").into(),
        other => other,
    }
}

fn description() -> Value {
    let mut schemas = Schemas::new();
    let paths: Map<String, Value> = Call::ALL
        .iter()
        .map(|call| {
            let method = if *call == Call::Hello { "get" } else { "post" };
            (call.path().to_owned(), json!({ method: operation(*call, &mut schemas) }))
        })
        .collect();
    schemas.of::<Problem>();
    schemas.of::<DayLedger>();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Floorbook headquarters, for devices",
            "version": PROTOCOL_MAX.to_string(),
            "description": "Made of the code; docs/protocol.md says what it means. Fields that are not described here \
                are passed over by both sides, but for those of `Signed` and of form packs.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{
            "url": "https://{host}:{port}",
            "description": "TLS under headquarters' own authority, which the pairing code names",
            "variables": { "host": { "default": "localhost" }, "port": { "default": "8443" } },
        }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "parameters": parameters(),
            "headers": headers(),
            "responses": problems(),
        },
        "x-limits": limits(),
    })
}

/// The types that travel, by their names.
struct Schemas(SchemaGenerator);

impl Schemas {
    fn new() -> Self {
        let settings =
            SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
        Self(settings.into_generator())
    }

    fn of<T: JsonSchema>(&mut self) -> Schema {
        self.0.subschema_for::<T>()
    }

    /// A document of this type in its signed envelope.
    fn signed<T: JsonSchema>(&mut self, purpose: Purpose) -> Value {
        let (envelope, payload) = (self.of::<Signed>(), self.of::<T>());
        let label = String::from_utf8(purpose.label().to_vec()).unwrap();
        json!({
            "allOf": [envelope],
            "properties": { "payload": {
                "contentEncoding": "base64url", "contentMediaType": JSON, "contentSchema": payload,
            } },
            "x-signed-behind": label,
        })
    }

    /// Lines of this type, compressed.
    fn lines<T: JsonSchema>(&mut self, what: &str) -> Value {
        let line = self.of::<T>();
        json!({
            "type": "string",
            "format": "binary",
            "description": format!("zstd (RFC 8878) of {what}, JSON, joined by \\n, without a last \\n"),
            "x-line": line,
        })
    }

    fn into_definitions(mut self) -> Map<String, Value> {
        self.0.take_definitions(true)
    }
}

fn operation(call: Call, schemas: &mut Schemas) -> Value {
    let (id, summary) = title(call);
    let mut operation = json!({
        "operationId": id,
        "summary": summary,
        "responses": responses(call, schemas),
    });
    if let Some(body) = request(call, schemas) {
        operation["requestBody"] = json!({ "required": true, "content": body });
    }
    let named: &[&str] = match call {
        Call::Hello => &["versions"],
        Call::Pair => &[],
        _ => &["encoding", "digest", "device", "batch", "challenge", "signature-input", "signature"],
    };
    let named: Vec<Value> =
        named.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
    operation["parameters"] = named.into();
    operation
}

fn title(call: Call) -> (&'static str, &'static str) {
    match call {
        Call::Hello => ("hello", "Versions, a challenge to sign over, and headquarters' clock"),
        Call::Pair => ("pair", "A one-time code and a device key for everything that a device needs"),
        Call::Batches => ("sendEvents", "Events for a receipt, which is signed when they are durable"),
        Call::Contacts => ("sendContacts", "Sealed contacts for a receipt"),
        Call::Spools => ("sendSpools", "Events that were sealed to headquarters, for a receipt"),
        Call::Phone => ("askPhone", "Open, wait for, or close a page for a visitor's phone; waits up to 25 s"),
        Call::Config => ("askConfig", "What is wanted of the device; also answered when it was shut out"),
        Call::Feed => ("askFeed", "What the other devices of the store logged; waits up to 25 s"),
    }
}

fn request(call: Call, schemas: &mut Schemas) -> Option<Value> {
    Some(match call {
        Call::Hello => return None,
        Call::Pair => json!({ JSON: { "schema": schemas.signed::<PairRequest>(Purpose::PairRequest) } }),
        Call::Batches => json!({ LINES: { "schema": schemas.lines::<Event>("1 to 1,000 events") } }),
        Call::Contacts => json!({ LINES: { "schema": schemas.lines::<ContactRecord>("1 to 1,000 contacts") } }),
        Call::Spools => json!({ LINES: { "schema": schemas.lines::<SpoolRecord>("1 to 1,000 records") } }),
        Call::Phone => json!({ LINES: { "schema": schemas.lines::<PhoneRequest>("one request") } }),
        Call::Config => json!({ LINES: { "schema": schemas.lines::<ConfigRequest>("one question") } }),
        Call::Feed => json!({ LINES: { "schema": schemas.lines::<FeedRequest>("one question") } }),
    })
}

fn responses(call: Call, schemas: &mut Schemas) -> Value {
    let mut headers = json!({});
    if call != Call::Hello {
        headers[CHALLENGE_HEADER] = json!({ "$ref": "#/components/headers/challenge" });
    }
    if call == Call::Feed {
        let head = schemas.signed::<FeedHead>(Purpose::Feed);
        headers[FEED_HEADER] = json!({ "required": true, "content": { JSON: { "schema": head } } });
    }
    let (media, schema) = match call {
        Call::Hello => (JSON, json!(schemas.of::<Hello>())),
        Call::Pair => (JSON, schemas.signed::<PairGrant>(Purpose::PairGrant)),
        Call::Batches | Call::Contacts | Call::Spools => (JSON, schemas.signed::<Receipt>(Purpose::Receipt)),
        Call::Phone => (JSON, schemas.signed::<PhoneAnswer>(Purpose::Phone)),
        Call::Config => (JSON, schemas.signed::<Config>(Purpose::Config)),
        Call::Feed => ("application/octet-stream", schemas.lines::<Event>("events; empty when there are none")),
    };
    let mut responses = json!({
        "200": { "description": "As asked", "headers": headers, "content": { media: { "schema": schema } } },
    });
    for kind in problems_of(call) {
        responses[kind.status().to_string()] = json!({ "$ref": format!("#/components/responses/{}", kind.status()) });
    }
    responses
}

/// What may be wrong with a call.
fn problems_of(call: Call) -> Vec<ProblemKind> {
    let may_be = |kind: &ProblemKind| match kind {
        ProblemKind::NotFound => false,
        ProblemKind::CodeUnknown | ProblemKind::CodeExpired => call == Call::Pair,
        ProblemKind::DeviceRevoked => !matches!(call, Call::Hello | Call::Config),
        ProblemKind::ChallengeStale
        | ProblemKind::SignatureInvalid
        | ProblemKind::Malformed
        | ProblemKind::TooLarge => call != Call::Hello,
        ProblemKind::Busy | ProblemKind::Internal => true,
    };
    ProblemKind::ALL.iter().copied().filter(may_be).collect()
}

/// One answer for each status, with the types that have it.
fn problems() -> Value {
    let mut responses = json!({});
    for kind in ProblemKind::ALL {
        let same = ProblemKind::ALL.iter().filter(|other| other.status() == kind.status());
        let types: Vec<&str> = same.clone().map(|other| other.uri()).collect();
        let titles: Vec<&str> = same.map(|other| other.title()).collect();
        responses[kind.status().to_string()] = json!({
            "description": titles.join("; "),
            "headers": { "Retry-After": { "$ref": "#/components/headers/retry-after" } },
            "content": { PROBLEM_MEDIA_TYPE: { "schema": {
                "allOf": [{ "$ref": "#/components/schemas/Problem" }],
                "properties": { "type": { "enum": types }, "status": { "const": kind.status() } },
            } } },
        });
    }
    responses
}

fn parameters() -> Value {
    let field = |name: &str, required: bool, description: &str, schema: Value| json!({ "in": "header", "name": name, "required": required, "description": description, "schema": schema });
    let uuid = || json!({ "type": "string", "format": "uuid" });
    let text = || json!({ "type": "string" });
    json!({
        "versions": field(VERSIONS_HEADER, false, "Versions that the device speaks: `1`, or `1, 2`", text()),
        "encoding": field("content-encoding", true, "Always zstd", json!({ "const": "zstd" })),
        "digest": field("content-digest", true, "RFC 9530, of the body as it travels", json!({ "type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/=]{44}:$" })),
        "device": field(DEVICE_HEADER, true, "The device that signs", uuid()),
        "batch": field(BATCH_HEADER, true, "Name of this request, a new UUIDv7", uuid()),
        "challenge": field(CHALLENGE_HEADER, true, "The last one that headquarters gave, ten minutes old at most", text()),
        "signature-input": field("signature-input", true, "RFC 9421; always this list", json!({ "const": signature_input() })),
        "signature": field("signature", true, "RFC 9421: `sig=:` base64 of Ed25519 `:`", json!({ "type": "string", "pattern": "^sig=:[A-Za-z0-9+/=]{88}:$" })),
    })
}

fn signature_input() -> String {
    let head = floorbook_protocol::SignedHead { path: "", digest: "", device: "", batch: "", challenge: "" };
    floorbook_protocol::sign_head(&head, &floorbook_protocol::SigningKey::from_seed(&[0; 32])).0
}

fn headers() -> Value {
    json!({
        "challenge": { "description": "The next challenge to sign over", "schema": { "type": "string" } },
        "retry-after": { "description": "Seconds to wait, with `busy`", "schema": { "type": "integer" } },
    })
}

fn limits() -> Value {
    json!({
        "batchRecords": limits::BATCH_RECORDS_MAX,
        "batchEncodedBytes": limits::BATCH_ENCODED_BYTES_MAX,
        "batchDecodedBytes": limits::BATCH_DECODED_BYTES_MAX,
        "recordBytes": limits::RECORD_BYTES_MAX,
        "otherRequestBytes": limits::REQUEST_BYTES_MAX,
        "answerBytes": limits::ANSWER_BYTES_MAX,
        "feedWaitMs": limits::FEED_WAIT_MS_MAX,
        "phoneWaitS": limits::PHONE_WAIT_S,
        "challengeLifeMs": limits::CHALLENGE_LIFE_MS,
        "pairingCodeLifeMs": limits::PAIRING_CODE_LIFE_MS,
        "phonePageLifeMs": limits::PHONE_PAGE_LIFE_MS,
    })
}
