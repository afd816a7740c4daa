//! Parses the arguments, calls `cli`, returns its exit code.

fn main() -> std::process::ExitCode {
    callsheet::cli::main()
}
