// The flags in braces of a log-format item (manual 8.2.4).
namespace Baton.Configuration.Expressions;

/// <summary>Per-item options: %{+Q}, +X, +E, +M, -M, +json, +cbor, +bin. Neither of the two about a dash for nothing: as the text's kind
/// has it.</summary>
[System.Flags]
public enum LogFormatFlags : byte
{
    None = 0,
    Quote = 1,
    Hexadecimal = 2,
    Escape = 4,
    Mandatory = 8,
    Json = 16,
    Cbor = 32,
    Binary = 64,
    Optional = 128,
}
