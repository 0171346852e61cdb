namespace Baton.Configuration.Model;

/// <summary>What an "expect" line looks at.</summary>
public enum CheckMatch : byte
{
    Status,
    StatusRegex,
    String,
    Regex,
    Binary,
    BinaryRegex,
    Header,
    FullHeader,
}
