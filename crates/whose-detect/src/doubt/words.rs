//! The words by which names and values give away that no secret is in them.

/// Words of which a value that stands for another is made, those that hold others first.
pub(super) const FILLERS: &str = "\
    placeholder postgresql passphrase undefined localhost wordpress passw0rd password username changeme \
    rabbitmq redacted postgres database example invalid replace default mongodb testing correct change foobar \
    sample secret passwd apikey insert hidden access client string server bearer qwerty wrong dummy token \
    value admin login guest redis mysql mongo kafka local enter empty fixme basic super valid oauth false \
    test fake mock demo your none null todo here root user pass true auth temp some this that with from key \
    foo bar baz abc xyz xxx api new old the my me db pw id";

/// A name that ends so holds something about a secret, not the secret.
pub(super) const TAILS: &str = "\
    name names id ids type file filename path paths url urls uri endpoint field fields length len size count \
    min max ttl expiry expires expiration label title placeholder hint text msg message error regex pattern \
    format prefix suffix header provider policy ref arn mode algorithm algo version var variable input kind \
    scope scopes column class selector element attr attribute param parameter prompt help description desc \
    hash hashed encoded encrypted digest enabled required confirmation reset button link page form rule rules \
    validator strength store manager service issuer audience usage location dir directory backend source \
    status state index table parser lexer cache limit limits bucket symbol contract address mint color \
    fingerprint checksum algorithms env section group role spec schema";

/// A name in which one of these stands is not that of a secret in use.
pub(super) const STRANGERS: &str = "\
    public csrf xsrf label labels i18n next page cursor continuation sync syntax tokenizer expected invalid \
    wrong bad fake mock dummy example sample get is has find verify check validate encode decode require no \
    without missing forgot reset unset del delete eof lookahead semicolon identifier keyword";

/// Endings of files.
pub(super) const FILES: &str = "\
    .pem .key .json .txt .crt .cer .yml .yaml .xml .php .html .js .ts .py .rb .go .java .env .conf .cfg .ini \
    .p12 .pfx .jks .rs .md .svg .png";

/// How references begin: variables, paths, stores of secrets, digests.
pub(super) const BEGINNINGS: &str = "\
    $ / ./ ../ ~/ c: \\ enc( enc[ vault: arn: secretref ref+ env: file: op: secret: data: ! urn: projects/ kms: ssm: \
    cipher: # & sha1 sha256 sha384 sha512 md5";

/// What stands only in templates, addresses and code.
pub(super) const MIDDLES: &str = "${ #{ {{ <% $( %( %s %d %v :// () -> :: => && || ... *** \u{2022}";

/// What encloses a value that stands for another.
pub(super) const ENCLOSED: &[(&str, &str)] =
    &[("<", ">"), ("[", "]"), ("{", "}"), ("%", "%"), ("@", "@"), ("__", "__"), ("(", ")")];

/// What stands on a line on which a value is compared or looked up.
pub(super) const COMPARED: &str = "assert expect( expected .tobe .should getenv environ process.env translate(";

/// What stands on a line on which a value is the digest of something.
pub(super) const DIGESTS: &str = "sha md5 digest checksum hash commit integrity rev";
