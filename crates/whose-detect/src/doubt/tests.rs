//! How well the generic tier tells secrets from all that only bears their names: over planted values in the ways in
//! which files hold them, and over lines as real code has them.

use crate::{Engine, FingerprintKey, expand};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

fn found(text: &str) -> Vec<String> {
    let found = ENGINE.scan(text.as_bytes(), &FingerprintKey::new([7; 32]));
    found.into_iter().map(|found| found.detail.detector).collect()
}

/// Ways to assign a password, `@` being its place.
const PLACES: &[&str] = &[
    "password = \"@\"",
    "DB_PASSWORD=@",
    "  password: @",
    "\"password\": \"@\",",
    "define('DB_PASSWORD', '@');",
    "$cfg['db']['pass'] = '@';",
    "spring.datasource.password=@",
    "<password>@</password>",
    "const dbPassword: string = '@';",
    "conn = connect(host='db', user='app', password='@')",
    "String smtpPassword = \"@\";",
    "ENV MYSQL_ROOT_PASSWORD=@",
    "    - POSTGRES_PASSWORD=@",
    "variable_password = { default = \"x\" }\ndb_password = \"@\"",
    "postgres://app:@@db.acme.test/app",
    "mysql -u root -p@ app",
    "curl -u ci:@ https://repo.acme.test/",
    "machine api.acme.test login ci password @",
    "CREATE USER 'app' IDENTIFIED BY '@';",
    "Server=db1;Database=app;User Id=app;Password=@;",
];

/// What people and generators take for passwords.
const PASSWORDS: &[&str] = &[
    "{base62:8}",
    "{base62:12}",
    "{base62:20}",
    "{lower:6}{digit:3}",
    "{upper:1}{lower:6}{digit:2}!",
    "{upper:1}{lower:5}@{digit:4}",
    "{hex:12}",
    "{base36:16}",
    "{lower:5}-{lower:5}-{digit:4}",
    "Summer{digit:4}!",
];

#[test]
fn most_planted_passwords_are_found() {
    let (mut planted, mut missed) = (0_usize, Vec::new());
    for (at, place) in PLACES.iter().enumerate() {
        for (seed, password) in PASSWORDS.iter().enumerate() {
            let password = expand(password, (at * 100 + seed) as u64).unwrap();
            let text = place.replacen("@db", "\u{1}db", 1).replacen('@', &password, 1).replace('\u{1}', "@");
            planted += 1;
            if found(&text).is_empty() {
                missed.push(text);
            }
        }
    }
    assert!(missed.len() * 10 < planted, "{} of {planted} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn lines_of_code_that_only_speak_of_secrets_are_passed_over() {
    for line in [
        "password = getpass.getpass('Password: ')",
        "password: String,",
        "pub password: Option<String>,",
        "let token = self.tokens.next();",
        "token := strings.TrimSpace(raw)",
        "const token = await getAccessToken(user)",
        "password = os.environ['DB_PASSWORD']",
        "password = \"${DB_PASSWORD}\"",
        "password: {{ .Values.password }}",
        "password: ${{ secrets.DB_PASSWORD }}",
        "DB_PASSWORD=changeme",
        "DB_PASSWORD=<your-password>",
        "DB_PASSWORD=your_password_here",
        "password = 'password123'",
        "\"passwordConfirmation\": \"password_confirmation\"",
        "\"login.password.label\": \"Passwort\"",
        "<input type=\"password\" name=\"password\" autocomplete=\"current-password\">",
        "password_field = find_element_by_id(\"user_password\")",
        "token_type = \"application/x-www-form-urlencoded\"",
        "secretName: my-app-database-credentials-v2",
        "SECRET_KEY_REF=projects/acme/secrets/db/versions/3",
        "api_key_header = 'X-Acme-Api-Key-Version-2'",
        "assert_equal 'Xk29fmQpz1', user.password",
        "expect(form.password).toBe('Xk29fmQpz1')",
        "password_hash = 'sha256'",
        "private_key_path = /etc/ssl/private/server.key",
        "access_token_url = \"https://login.acme.test/oauth2/v2.0/token\"",
        "passwordPolicy: \"min8chars1digit\"",
        "#define TOKEN_STRING_LITERAL 258",
        "case TOKEN_LEFT_BRACE: return \"TOKEN_LEFT_BRACE\";",
        "credentials: 'same-origin'",
        "password=\"********\"",
        "password: xxxxxxxx",
        "secret = \"00000000-0000-0000-0000-000000000000\"",
        "token: 'abcdefghijklmnopqrstuvwxyz012345'",
        "postgres://postgres:postgres@localhost:5432/postgres",
        "postgres://user:password@host:5432/db",
        "redis://:@localhost:6379",
        "https://user:pass@example.com/path",
        "mysql -u root -p app",
        "docker login -u \"$USER\" -p \"$PASS\"",
        "mongodb://<user>:<password>@cluster0.acme.test",
        "secret: !vault |",
        "\"spring.security.user.password=password\", \"spring.mvc.servlet.path=/custom\"",
        "getSsl(null, \"password\", \"test-alias-404\")",
        "\"http://user:pass%20word@example.com/path\"",
        "integrity_token = \"sha512-3a7bd3e2360a3d29eea436fcfb7e44c735d117c4\"",
    ] {
        assert_eq!(found(line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn a_vendors_token_within_a_guess_is_the_vendors() {
    let token = expand("ghp_{crc62:30}", 3).unwrap();
    assert_eq!(found(&format!("token = \"{token}\"")), ["github.personal-access-token"]);
    let encoded = data_encoding::BASE64.encode(format!("{token}\n").as_bytes());
    assert_eq!(found(&format!("  api_token: {encoded}\n")), ["github.personal-access-token"]);
}
