// Whether and how the answers of the runtime API begin with their severity.
namespace Baton.Configuration.Model;

/// <summary>"severity-output" and "set severity-output".</summary>
public enum SeverityOutput : byte
{
    None,
    Number,
    Text,
}
