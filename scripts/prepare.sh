# What a bare Debian machine with Rust may lack, and how to get it. Sourced by the scripts beside it. Everything
# that is there already is used as it is; nothing is printed unless something has to be installed.

moto_version=5.2.5

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# install_debian WHY PACKAGE...: installs Debian packages as root, or through sudo.
install_debian() {
    local why=$1 become=() log
    shift
    if ! have apt-get; then
        say "error: $why is missing, and this machine has no apt-get: install what Debian calls $* and start again"
        exit 2
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! have sudo; then
            say "error: $why is missing: run \`apt-get install $*\` as root and start again"
            exit 2
        fi
        become=(sudo)
    fi
    say "installing $* ($why)"
    log=$(mktemp)
    if ! { "${become[@]}" apt-get update -qq &&
        "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        say "error: apt-get could not install $*; its messages are above"
        exit 2
    fi
    rm -f "$log"
}

need_rust() {
    if ! have cargo; then
        say 'error: cargo is missing: install Rust as https://rustup.rs says, and start again'
        exit 2
    fi
    have cc || install_debian 'a C compiler' gcc libc6-dev
}

# need_rust_component NAME: rustfmt and clippy are not part of every installation of Rust.
need_rust_component() {
    local subcommand=${1#rust}
    if ! cargo "$subcommand" --version >/dev/null 2>&1; then
        have rustup || { say "error: $1 is missing, and so is rustup to add it"; exit 2; }
        say "installing $1"
        rustup component add "$1" >&2
    fi
}

need_git() {
    have git || install_debian 'git' git
}

# need_openssl: the tests of signing in make their keys with it, since no key stands in the repository.
need_openssl() {
    have openssl || install_debian 'openssl for the keys of the tests' openssl
}

# need_chromium: sets WHOSE_TEST_CHROMIUM, unless it is set.
need_chromium() {
    local name
    for name in "${WHOSE_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [ -n "$name" ] && have "$name"; then
            WHOSE_TEST_CHROMIUM=$(command -v "$name")
            export WHOSE_TEST_CHROMIUM
            return
        fi
    done
    install_debian 'a browser for the HTML report' chromium
    WHOSE_TEST_CHROMIUM=$(command -v chromium)
    export WHOSE_TEST_CHROMIUM
}

# need_postgresql: the programs of the server that the tests of the store start for themselves. They find Debian's;
# others are named in WHOSE_TEST_POSTGRES_BIN.
need_postgresql() {
    local folder
    if [ -n "${WHOSE_TEST_POSTGRES_BIN:-}" ]; then
        have "$WHOSE_TEST_POSTGRES_BIN/postgres" || {
            say "error: WHOSE_TEST_POSTGRES_BIN names $WHOSE_TEST_POSTGRES_BIN, which holds no postgres that can be run"
            exit 2
        }
        return
    fi
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return
    done
    install_debian 'PostgreSQL for the tests of the store' postgresql
}

# need_moto: sets WHOSE_TEST_MOTO, unless it is set. The server goes into an environment of its own under target/.
need_moto() {
    local home=${CARGO_TARGET_DIR:-target}/moto-$moto_version log
    if [ -n "${WHOSE_TEST_MOTO:-}" ]; then
        have "$WHOSE_TEST_MOTO" || { say "error: WHOSE_TEST_MOTO names $WHOSE_TEST_MOTO, which cannot be run"; exit 2; }
        return
    fi
    if [ ! -e "$home/complete" ]; then
        # Debian's python3 has venv without the installer that venv needs.
        if ! have python3 || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
            install_debian 'Python for the AWS server of the tests' python3 python3-venv
        fi
        say "installing moto $moto_version (the AWS server of the tests) into $home"
        rm -rf "$home"
        log=$(mktemp)
        if ! { python3 -m venv "$home" && "$home/bin/pip" install --quiet "moto[server]==$moto_version"; } >"$log" 2>&1; then
            cat "$log" >&2
            rm -f "$log"
            say "error: moto $moto_version could not be installed; or name a moto_server in WHOSE_TEST_MOTO"
            exit 2
        fi
        rm -f "$log"
        touch "$home/complete"
    fi
    WHOSE_TEST_MOTO=$(cd "$home/bin" && pwd)/moto_server
    export WHOSE_TEST_MOTO
}
