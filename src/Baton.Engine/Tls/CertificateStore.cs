// All certificates and authorities of the process by the names that the configuration gives them: each file is read once, however many
// lines name it.
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Http.Certificates;

namespace Baton.Engine.Tls;

/// <summary>OWNER: whoever builds the engine, later the runtime API and the handover, each under <see cref="Lock"/>.</summary>
public sealed class CertificateStore
{
    private readonly SortedDictionary<string, CertificateBundle?> _bundles = new(System.StringComparer.Ordinal);
    private readonly SortedDictionary<string, AuthorityFile> _authorities = new(System.StringComparer.Ordinal);
    private readonly SortedDictionary<string, AuthorityFile> _revocations = new(System.StringComparer.Ordinal);

    public CertificateStore(TlsGlobalConfig global)
    {
        Global = global;
        Loader = new CertificateLoader(global);
        Sessions = new SessionCache(global.CacheSize) { IsPrivate = global.HasPrivateCache };
        Issued = new IssuedCertificates(global.IssuedCertificates);
    }

    public System.Threading.Lock Lock { get; } = new();
    public TlsGlobalConfig Global { get; }
    public CertificateLoader Loader { get; }

    /// <summary>The configuration has been read: what is not here is not looked for in files any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Keys of tickets that no file gives.</summary>
    public TicketKeyRing TicketKeys { get; } = TicketKeyRing.Random();

    /// <summary>Sessions that clients come back to by number.</summary>
    public SessionCache Sessions { get; }

    /// <summary>Certificates that were made here.</summary>
    public IssuedCertificates Issued { get; }

    /// <summary>The bind lines with TLS, in the configuration's order.</summary>
    public List<TlsBinding> Bindings { get; } = [];

    /// <summary>Rings with keys from files, in the order of the lines that name them first.</summary>
    public List<TicketKeyRing> TicketFiles { get; } = [];

    /// <summary>The crt-lists, and the directories that "crt" names.</summary>
    public SortedDictionary<string, CertificateList> Lists { get; } = new(System.StringComparer.Ordinal);

    /// <summary>What "set ssl cert", "set ssl ca-file" and "set ssl crl-file" have begun and nobody has committed, or null.</summary>
    public CertificateDraft? PendingCertificate { get; set; }
    public AuthorityFile? PendingAuthorities { get; set; }
    public AuthorityFile? PendingRevocations { get; set; }

    /// <summary>ssl-dh-param-file, in PEM; null without it.</summary>
    public byte[]? DhParameters { get; private set; }

    /// <summary>Reads ssl-dh-param-file; what is wrong with it, or null.</summary>
    public string? ReadDhParameters()
    {
        if (Global.DhFile is not { } file)
            return null;
        byte[]? pem = FileBytes.Read(file.FullPath, out _);
        nint parameters = pem is null ? 0 : ContextMaker.DiffieHellmanOf(pem);
        if (parameters == 0)
            return $"'ssl-dh-param-file' : unable to load DH parameters from file '{file.Name}'.";
        Interop.OpenSsl.Keys.DH_free(parameters);
        DhParameters = pem;
        return null;
    }

    /// <summary>The keys of a file, read once; null with the reason when it is wrong.</summary>
    public TicketKeyRing? TicketKeysOf(TlsFileName file, out string error)
    {
        error = "";
        if (TicketFiles.Find(k => k.File == file.Name) is { } known)
            return known;
        if (FileBytes.Read(file.FullPath, out _) is not { } text)
        {
            error = $"'{file.Name}' : unable to load ssl tickets keys file";
            return null;
        }
        TicketKeyRing? read = TicketKeyRing.Parse(file.Name, text, out error);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(text);
        if (read is not null)
            TicketFiles.Add(read);
        return read;
    }

    /// <summary>Some certificate's response is kept fresh.</summary>
    public bool HasUpdates => Loader.Updated.Count > 0;

    public bool IsUpdated(string certificate) => Loader.Updated.Contains(certificate);

    /// <summary>What the authority says of it is to be kept fresh. False when nobody can be asked.</summary>
    public bool Update(CertificateBundle bundle)
    {
        CertificateView.TryRead(bundle.Leaf, out CertificateView leaf);
        if (bundle.Authority is not { } above || ResponderAddress.Of(leaf) is null)
            return false;
        CertificateView.TryRead(above, out CertificateView authority);
        Loader.Updated.Add(bundle.Name);
        bundle.Staple ??= Loader.Staple(CertificateId.Of(leaf, authority), null, isChanged: false);
        return true;
    }

    /// <summary>By name, in the order of names; null for one that "new ssl cert" has made and nothing was put into.</summary>
    public IReadOnlyDictionary<string, CertificateBundle?> Bundles => _bundles;

    /// <summary>Those of ca-file and ca-verify-file, or those of crl-file.</summary>
    public IReadOnlyDictionary<string, AuthorityFile> Authorities(bool isRevocations) => isRevocations ? _revocations : _authorities;

    /// <summary>The bundle of a file, read now if it has not been; null with the reason when it is wrong.</summary>
    public CertificateBundle? Bundle(TlsFileName file, out string error)
    {
        error = "";
        if (_bundles.TryGetValue(file.Name, out CertificateBundle? known) && known is not null)
            return known;
        if (IsClosed)
        {
            error = $"unable to stat SSL certificate from file '{file.Name}' : not loaded";
            return null;
        }
        CertificateBundle? read = Loader.Read(file, out error);
        if (read is not null)
            _bundles[file.Name] = read;
        return read;
    }

    public AuthorityFile? Authority(TlsFileName file, bool isRevocations, out string error)
    {
        error = "";
        SortedDictionary<string, AuthorityFile> all = isRevocations ? _revocations : _authorities;
        if (all.TryGetValue(file.Name, out AuthorityFile? known))
            return known;
        if (IsClosed && file.Name != AuthorityFile.System)
        {
            error = "not loaded";
            return null;
        }
        AuthorityFile? read = AuthorityFile.Read(file, isRevocations, out error);
        if (read is not null)
            all[file.Name] = read;
        return read;
    }

    /// <summary>The lines of a crt-list, read now if it has not been; null with the reason when it is wrong.</summary>
    public CertificateList? List(TlsFileName file, out string error)
    {
        error = "";
        if (Lists.TryGetValue(file.Name, out CertificateList? known))
            return known;
        if (FileBytes.Read(file.FullPath, out string why) is not { } text)
        {
            error = $"cannot open file '{file.Name}' : {why}";
            return null;
        }
        if (CertificateListText.Read(Encoding.UTF8.GetString(text), file.Name, Global, out error) is not { } lines)
            return null;
        var list = new CertificateList(file.Name, isDirectory: false, System.Security.Cryptography.SHA256.HashData(text));
        foreach (TlsListEntryConfig line in lines)
        foreach (TlsFileName one in Expand(line.File))
            list.Lines.Add(one == line.File ? line : line.For(one));
        list.LastLine = lines.Count > 0 ? lines[^1].Line : 0;
        return Lists[file.Name] = list;
    }

    /// <summary>The list that a frontend's ssl-f-use lines make, "@" and its name.</summary>
    public CertificateList ListOf(string frontend, IReadOnlyList<TlsListEntryConfig> lines)
    {
        string name = "@" + frontend;
        if (Lists.TryGetValue(name, out CertificateList? known))
            return known;
        var text = new StringBuilder();
        foreach (TlsListEntryConfig line in lines)
            text.Append(line.File.Name).Append(' ').Append(line.OptionText).Append('\n');
        byte[] origin = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        var list = new CertificateList(name, isDirectory: false, origin) { LastLine = lines.Count };
        foreach (TlsListEntryConfig line in lines)
        foreach (TlsFileName one in Expand(line.File))
            list.Lines.Add(one == line.File ? line : line.For(one));
        return Lists[name] = list;
    }

    /// <summary>The certificates of a directory, in the order of their names, read now if they have not been. COMPAT: what belongs to
    /// other files is passed over.</summary>
    public CertificateList Directory(TlsFileName directory)
    {
        if (Lists.TryGetValue(directory.Name, out CertificateList? known))
            return known;
        string[] paths = System.IO.Directory.GetFiles(directory.FullPath);
        System.Array.Sort(paths, System.StringComparer.Ordinal);
        var lines = new List<TlsListEntryConfig>();
        var names = new StringBuilder();
        foreach (string path in paths)
        {
            string name = System.IO.Path.GetFileName(path);
            if (name.StartsWith('.') || System.Array.Exists(s_passedOver, e => name.EndsWith(e, System.StringComparison.Ordinal)))
                continue;
            lines.Add(new TlsListEntryConfig { File = new TlsFileName($"{directory.Name.TrimEnd('/')}/{name}", path) });
            names.Append(name).Append('\n');
        }
        byte[] origin = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(names.ToString()));
        var list = new CertificateList(directory.Name, isDirectory: true, origin);
        list.Lines.AddRange(lines);
        return Lists[directory.Name] = list;
    }

    private static readonly string[] s_passedOver = [".issuer", ".ocsp", ".sctl", ".key"];
    private static readonly string[] s_kinds = [".rsa", ".dsa", ".ecdsa"];

    /// <summary>One certificate, or what ssl-load-extra-files calls a bundle: one for each kind of key.</summary>
    public IReadOnlyList<TlsFileName> Expand(TlsFileName file)
    {
        if ((Global.ExtraFiles & TlsExtraFiles.Bundle) == 0 || IsClosed || System.IO.File.Exists(file.FullPath))
            return [file];
        var found = new List<TlsFileName>();
        foreach (string kind in s_kinds)
            if (System.IO.File.Exists(file.FullPath + kind))
                found.Add(new TlsFileName(file.Name + kind, file.FullPath + kind));
        return found.Count > 0 ? found : [file];
    }

    /// <summary>Another certificate under a name, also a new one; null for an empty one.</summary>
    public void Put(string name, CertificateBundle? bundle) => _bundles[name] = bundle;

    public bool Remove(string name) => _bundles.Remove(name);

    public void Put(AuthorityFile file) => (file.IsRevocations ? _revocations : _authorities)[file.Name] = file;

    public bool RemoveAuthority(string name, bool isRevocations) => (isRevocations ? _revocations : _authorities).Remove(name);
}
