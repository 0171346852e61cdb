// How bad what a diagnostic tells is: whether the configuration can still be used.
namespace Baton.Configuration.Diagnostics;

public enum Severity : byte
{
    Diag,
    Notice,
    Warning,
    Alert,
}
