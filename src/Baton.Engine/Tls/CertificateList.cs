// A crt-list, or a directory of certificates, as bind lines that name it have it: what an operator adds and deletes lines of.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

/// <summary>OWNER: whoever holds the store's lock, or reads the configuration.</summary>
public sealed class CertificateList(string name, bool isDirectory, byte[] origin)
{
    /// <summary>As the configuration has it.</summary>
    public string Name { get; } = name;
    public bool IsDirectory { get; } = isDirectory;

    /// <summary>A hash of the file, or of the names in the directory.</summary>
    public byte[] Origin { get; } = origin;

    /// <summary>Of a bundle one for each certificate, all with the line's number. COMPAT: 0 for what lies in a directory.</summary>
    public List<TlsListEntryConfig> Lines { get; } = [];

    /// <summary>An operator has changed it.</summary>
    public bool IsChanged { get; set; }

    /// <summary>The number of the last line that there was.</summary>
    public int LastLine { get; set; }
}
