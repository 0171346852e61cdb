// One certificate of a bind line: which, for which names, and what is different for those that get it.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Http.Certificates;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread.</summary>
public sealed class TlsEntry
{
    public TlsEntry(CertificateBundle bundle, TlsListEntryConfig? line, CertificateList? list = null)
    {
        Bundle = bundle;
        Line = line;
        List = list;
        foreach (string filter in line?.Filters ?? [])
            (filter[0] == '!' ? Excluded : Names).Add(Encoding.ASCII.GetBytes(filter[0] == '!' ? filter[1..] : filter));
        if (line is null || line.Filters.Count == 0)
            TakeNames(bundle.Leaf);
    }

    public CertificateBundle Bundle { get; }

    /// <summary>The line of a crt-list; null for a certificate that the bind line names itself.</summary>
    public TlsListEntryConfig? Line { get; }

    /// <summary>The list that it stands in; null as above.</summary>
    public CertificateList? List { get; }

    /// <summary>The same with another certificate, as a new one of the same name.</summary>
    public TlsEntry With(CertificateBundle bundle) => new(bundle, Line, List) { Settings = Settings };

    /// <summary>Host names, also "*.example.com".</summary>
    public List<byte[]> Names { get; } = [];

    /// <summary>Those that it is not for although a name with a star matches.</summary>
    public List<byte[]> Excluded { get; } = [];

    /// <summary>The number of the line's own settings in the binding; 0 for those of the bind line.</summary>
    public int Settings { get; init; }

    public bool Excludes(System.ReadOnlySpan<byte> name)
    {
        foreach (byte[] excluded in Excluded)
            if (Baton.Http.Headers.ByteClass.EqualsIgnoreCase(name, excluded))
                return true;
        return false;
    }

    /// <summary>COMPAT: the alternative names, and every common name too.</summary>
    private void TakeNames(byte[] leaf)
    {
        if (!CertificateView.TryRead(leaf, out CertificateView view))
            return;
        for (DerReader names = view.AlternativeNames; CertificateView.NextName(ref names, out System.ReadOnlySpan<byte> host); )
            Names.Add(host.ToArray());
        for (var all = new DistinguishedName(view.Subject); all.Next(); )
            if (ObjectNames.Is(all.Kind, "CN"u8))
                Names.Add(all.Value.ToArray());
    }
}
