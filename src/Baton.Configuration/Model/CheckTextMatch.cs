namespace Baton.Configuration.Model;

/// <summary>"-m METHOD" of the name or the value that "expect hdr" looks for.</summary>
public enum CheckTextMatch : byte
{
    Exact,
    Begin,
    End,
    Sub,
    Regex,
}
