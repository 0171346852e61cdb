// One line of a crt-list: a certificate, what is different for those that get it, and the names it is for.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class TlsListEntryConfig : TlsOptionsConfig
{
    public required TlsFileName File { get; set; }

    /// <summary>The number of the line, from 1.</summary>
    public int Line { get; set; }

    /// <summary>The options as they are written, without their brackets; empty for none.</summary>
    public string OptionText { get; set; } = "";

    /// <summary>Names with "*." or "!" in front; empty: those of the certificate.</summary>
    public List<string> Filters { get; } = [];

    /// <summary>The same for another file.</summary>
    public TlsListEntryConfig For(TlsFileName file)
    {
        var copy = (TlsListEntryConfig)MemberwiseClone();
        copy.File = file;
        return copy;
    }
}
