//! The gatepost program. All that it does is in the library: see [`gatepost`].

use std::process::ExitCode;

fn main() -> ExitCode {
    gatepost::cli::main()
}
