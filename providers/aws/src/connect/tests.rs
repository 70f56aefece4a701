use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::*;
use crate::settings::{AssumeRole, AssumeRoleWithWebIdentity, DefaultTagsBlock, IgnoreTagsBlock};

/// A server that answers like STS and remembers who asked for what: `GetCallerIdentity by AKIDBLOCK`.
struct Sts {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Sts {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_request(&mut stream);
                let action = between(&request, "Action=", "&");
                let key = between(&request, "Credential=", "/");
                log.lock().unwrap().push(format!("{action} by {key}"));
                let body = answer(action);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close";
                write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
            }
        });
        Self { url, asked }
    }

    fn settings(&self) -> ProviderSettings {
        ProviderSettings {
            region: Some("eu-central-1".into()),
            endpoints: vec![[("sts".to_owned(), self.url.clone())].into()],
            skip_metadata_api_check: Some("true".into()),
            ..Default::default()
        }
    }

    fn with_keys(&self) -> ProviderSettings {
        ProviderSettings { access_key: Some("AKIDBLOCK".into()), secret_key: Some("secret".into()), ..self.settings() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let length: usize = between(&text.to_lowercase(), "content-length: ", "\r").parse().unwrap_or(0);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if count == 0 || body.is_some_and(|body| body >= length) {
            return text;
        }
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(after).next().unwrap_or(rest)
}

fn answer(action: &str) -> String {
    let keys = |key: &str| {
        format!(
            "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
             <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>"
        )
    };
    let result = match action {
        "AssumeRole" => keys("AKIDROLE"),
        "AssumeRoleWithWebIdentity" => keys("AKIDWEB"),
        _ => "<Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDA</UserId>\
              <Account>123456789012</Account>"
            .to_owned(),
    };
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{result}\
         </{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    )
}

/// A home directory with shared files.
fn home(config: &str, credentials: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    std::fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

fn environment(pairs: &[(&str, &str)]) -> Environment {
    pairs.iter().copied().collect()
}

#[tokio::test]
async fn which_credentials_decide() {
    let home = home(
        "[profile dev]\nregion = eu-west-1\n",
        "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s\n\
         [dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = s\n",
    );
    let home = ("HOME", home.path().to_str().unwrap());
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let token_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token_file.path(), "token\n").unwrap();
    let web = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token_file.path().to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"),
    ];
    type Case<'c> = (&'c str, Vec<(&'c str, &'c str)>, bool, Option<&'c str>, &'c str);
    let cases: [Case<'_>; 6] = [
        ("the block's keys", [&keys[..], &[home, ("AWS_PROFILE", "gone")]].concat(), true, None, "AKIDBLOCK"),
        ("the block's profile", [&keys[..], &[home]].concat(), false, Some("dev"), "AKIDDEV"),
        ("variables", [&keys[..], &web, &[home]].concat(), false, None, "AKIDENV"),
        ("a web identity", [&web[..], &[home]].concat(), false, None, "AKIDWEB"),
        ("AWS_PROFILE", vec![home, ("AWS_PROFILE", "dev")], false, None, "AKIDDEV"),
        ("the default profile", vec![home], false, None, "AKIDDEFAULT"),
    ];
    for (what, variables, block_keys, profile, key) in cases {
        let sts = Sts::start();
        let settings = if block_keys { sts.with_keys() } else { sts.settings() };
        let settings = ProviderSettings { profile: profile.map(str::to_owned), ..settings };
        let aws = Aws::connect(&settings, &environment(&variables)).await.unwrap();
        let asked = sts.asked();
        assert_eq!(asked.last().unwrap(), &format!("GetCallerIdentity by {key}"), "{what}");
        assert_eq!((aws.account_id(), aws.region()), (Some("123456789012"), "eu-central-1"), "{what}");
    }
}

#[tokio::test]
async fn roles_are_assumed_one_after_the_other() {
    let sts = Sts::start();
    let role = |name: &str| AssumeRole {
        role_arn: Some(format!("arn:aws:iam::123456789012:role/{name}")),
        duration: Some("1h".into()),
        tags: [("Team".to_owned(), "a".to_owned())].into(),
        ..Default::default()
    };
    let settings = ProviderSettings { assume_role: vec![role("a"), role("b")], ..sts.with_keys() };
    Aws::connect(&settings, &Environment::empty()).await.unwrap();
    let asked = sts.asked();
    assert_eq!(asked.first().unwrap(), "AssumeRole by AKIDBLOCK");
    assert!(asked.contains(&"AssumeRole by AKIDROLE".to_owned()));
    assert_eq!(asked.last().unwrap(), "GetCallerIdentity by AKIDROLE");

    let sts = Sts::start();
    let web = AssumeRoleWithWebIdentity {
        role_arn: Some("arn:aws:iam::123456789012:role/r".into()),
        web_identity_token: Some("token".into()),
        ..Default::default()
    };
    let settings = ProviderSettings { assume_role_with_web_identity: vec![web], ..sts.settings() };
    Aws::connect(&settings, &Environment::empty()).await.unwrap();
    assert_eq!(sts.asked(), ["AssumeRoleWithWebIdentity by ", "GetCallerIdentity by AKIDWEB"]);
}

#[tokio::test]
async fn nothing_is_asked_when_told_so() {
    let sts = Sts::start();
    let settings =
        ProviderSettings { skip_credentials_validation: true, skip_requesting_account_id: true, ..sts.with_keys() };
    let aws = Aws::connect(&settings, &Environment::empty()).await.unwrap();
    assert_eq!((aws.account_id(), sts.asked()), (None, Vec::new()));
    assert_eq!(aws.identity().await.unwrap().account_id, "123456789012");
}

#[tokio::test]
async fn accounts_that_are_not_allowed() {
    let sts = Sts::start();
    let ids = |id: &str| BTreeSet::from([id.to_owned()]);
    let cases = [
        (ids("123456789012"), BTreeSet::new(), None),
        (ids("999999999999"), BTreeSet::new(), Some("allowed_account_ids")),
        (BTreeSet::new(), ids("123456789012"), Some("forbidden_account_ids")),
    ];
    for (allowed, forbidden, attribute) in cases {
        let settings =
            ProviderSettings { allowed_account_ids: allowed, forbidden_account_ids: forbidden, ..sts.with_keys() };
        let refused = Aws::connect(&settings, &Environment::empty()).await.err();
        assert_eq!(refused.and_then(|error| error.attribute()), attribute);
    }
}

#[tokio::test]
async fn without_credentials_it_says_what_was_tried() {
    let sts = Sts::start();
    let started = Instant::now();
    let error = Aws::connect(&sts.settings(), &Environment::empty()).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(
        error.detail(),
        "No credentials for AWS were found. Looked at:\n  \
         - provider block: no access_key and secret_key\n  \
         - environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set\n  \
         - environment: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set\n  \
         - shared files: there is no profile \"default\"\n  \
         - container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor \
         AWS_CONTAINER_CREDENTIALS_FULL_URI is set\n  \
         - instance metadata service: switched off\n\
         Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (`aws sso login`, \
         `aws configure`)."
    );
}

#[tokio::test]
async fn the_metadata_service_is_not_waited_for() {
    let sts = Sts::start();
    let settings = ProviderSettings {
        skip_metadata_api_check: None,
        // Reserved for documentation: nothing answers there.
        ec2_metadata_service_endpoint: Some("http://192.0.2.1".into()),
        ..sts.settings()
    };
    let started = Instant::now();
    let error = Aws::connect(&settings, &Environment::empty()).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(matches!(error, ConnectError::NoCredentials { .. }), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_told_within_seconds() {
    let sts = Sts::start();
    let down = [("sts".to_owned(), "http://127.0.0.1:1".to_owned())].into();
    let settings = ProviderSettings { endpoints: vec![down], ..sts.with_keys() };
    let started = Instant::now();
    let error = Aws::connect(&settings, &Environment::empty()).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    let ConnectError::Identity(cause) = &error else { panic!("{error}") };
    assert_eq!(cause.kind(), crate::errors::ErrorKind::Unreachable);
    assert!(error.detail().contains("could not reach the endpoint"), "{}", error.detail());
}

#[tokio::test]
async fn mistakes_and_how_they_are_told() {
    let sts = Sts::start();
    let none = Environment::empty();
    let block = |change: &dyn Fn(&mut ProviderSettings)| {
        let mut settings = sts.with_keys();
        change(&mut settings);
        settings
    };
    let cases = [
        (block(&|settings| settings.region = None), "No AWS region"),
        (block(&|settings| settings.region = Some("mars".into())), "Invalid provider configuration"),
        (block(&|settings| settings.secret_key = None), "Invalid provider configuration"),
        (block(&|settings| settings.retry_mode = Some("often".into())), "Invalid provider configuration"),
        (
            block(&|settings| {
                settings.access_key = None;
                settings.secret_key = None;
                settings.profile = Some("nope".into());
            }),
            "No such AWS profile",
        ),
    ];
    for (settings, summary) in cases {
        let error = Aws::connect(&settings, &none).await.unwrap_err();
        assert_eq!(error.summary(), summary, "{error}");
        assert!(error.attribute().is_some(), "{error}");
    }
    let anywhere = block(&|settings| {
        settings.region = Some("mars".into());
        settings.skip_region_validation = true;
    });
    assert_eq!(Aws::connect(&anywhere, &none).await.unwrap().region(), "mars");
}

#[tokio::test]
async fn tags_endpoints_and_clients() {
    let sts = Sts::start();
    let tags = |pairs: &[(&str, &str)]| -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let settings = ProviderSettings {
        default_tags: vec![DefaultTagsBlock { tags: tags(&[("Team", "a")]) }],
        ignore_tags: vec![IgnoreTagsBlock { keys: ["Owner".to_owned()].into(), ..Default::default() }],
        ..sts.with_keys()
    };
    let environment = environment(&[
        ("TF_AWS_DEFAULT_TAGS_Team", "b"),
        ("TF_AWS_DEFAULT_TAGS_Stage", "dev"),
        ("TF_AWS_IGNORE_TAGS_KEY_PREFIXES", "a:, b:"),
        ("AWS_ENDPOINT_URL", "http://all"),
    ]);
    let aws = Aws::connect(&settings, &environment).await.unwrap();
    assert_eq!(aws.default_tags().0, tags(&[("Stage", "dev"), ("Team", "a")]));
    for (key, ignored) in [("Owner", true), ("a:x", true), ("b:x", true), ("Team", false)] {
        assert_eq!(aws.ignore_tags().ignores(key), ignored, "{key}");
    }
    assert_eq!(aws.sdk_config_for("s3", "eu-west-1").endpoint_url(), Some("http://all"));
    assert_eq!(aws.sdk_config_for("sts", "eu-west-1").endpoint_url(), Some(sts.url.as_str()));

    let mut made = 0;
    for region in ["eu-west-1", "eu-west-1", "eu-north-1"] {
        aws.client("sts", region, |config, retries| {
            made += 1;
            let config = aws_sdk_sts::config::Builder::from(config).retry_partition(retries);
            aws_sdk_sts::Client::from_conf(config.build())
        });
    }
    assert_eq!(made, 2);
}

#[test]
fn names_of_regions() {
    for name in ["eu-central-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-7"] {
        assert!(is_region(name), "{name}");
    }
    for name in ["", "mars", "eu-central", "eu-central-1a", "EU-central-1", "eu--1", "eu-central-100"] {
        assert!(!is_region(name), "{name}");
    }
}
