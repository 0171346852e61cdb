// A field of "show stat" and "show info" as the typed and JSON forms tell of it: what it is, where from, of which type.
namespace Baton.Control.Cli;

/// <summary>Type of a value, in the words of the typed output.</summary>
internal enum ValueKind : byte
{
    Text,
    Unsigned,
    Unsigned64,
    Signed,
}

/// <summary>Tag is three letters: origin, nature, scope (manual of the runtime API, "Typed output format").</summary>
internal sealed record TypedField(string Name, string Tag, ValueKind Kind, string Description)
{
    /// <summary>The tag in a backend's row, where it differs.</summary>
    public string? BackendTag { get; init; }
    public bool IsText => Kind == ValueKind.Text;
    public string KindText =>
        Kind switch
        {
            ValueKind.Text => "str",
            ValueKind.Unsigned => "u32",
            ValueKind.Unsigned64 => "u64",
            _ => "s32",
        };
}
