// All certificates and authorities of the process by the names that the configuration gives them: each file is read once, however many
// lines name it.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

/// <summary>OWNER: whoever builds the engine, later the runtime API, each under <see cref="Lock"/>.</summary>
public sealed class CertificateStore
{
    private readonly Dictionary<string, CertificateBundle> _bundles = [];
    private readonly Dictionary<string, AuthorityFile> _authorities = [];

    public CertificateStore(TlsGlobalConfig global)
    {
        Global = global;
        Loader = new CertificateLoader(global);
    }

    public System.Threading.Lock Lock { get; } = new();
    public TlsGlobalConfig Global { get; }
    public CertificateLoader Loader { get; }

    /// <summary>Keys of tickets that no file gives.</summary>
    public TicketKeyRing TicketKeys { get; } = TicketKeyRing.Random();

    /// <summary>The bind lines with TLS, in the configuration's order.</summary>
    public List<TlsBinding> Bindings { get; } = [];

    /// <summary>ssl-dh-param-file, in PEM; null without it.</summary>
    public byte[]? DhParameters { get; private set; }

    /// <summary>Reads ssl-dh-param-file; what is wrong with it, or null.</summary>
    public string? ReadDhParameters()
    {
        if (Global.DhFile is not { } file)
            return null;
        byte[]? pem = Configuration.Values.FileBytes.Read(file.FullPath, out _);
        nint parameters = pem is null ? 0 : ContextMaker.DiffieHellmanOf(pem);
        if (parameters == 0)
            return $"'ssl-dh-param-file' : unable to load DH parameters from file '{file.Name}'.";
        Interop.OpenSsl.Keys.DH_free(parameters);
        DhParameters = pem;
        return null;
    }

    /// <summary>The keys that another line has from the same file.</summary>
    public TicketKeyRing? FindTicketKeys(string file) => Bindings.Find(b => b.TicketKeys.File == file)?.TicketKeys;

    public IReadOnlyDictionary<string, CertificateBundle> Bundles => _bundles;
    public IReadOnlyDictionary<string, AuthorityFile> Authorities => _authorities;

    /// <summary>The bundle of a file, read now if it has not been; null with the reason when it is wrong.</summary>
    public CertificateBundle? Bundle(TlsFileName file, out string error)
    {
        error = "";
        if (_bundles.TryGetValue(file.Name, out CertificateBundle? known))
            return known;
        CertificateBundle? read = Loader.Read(file, out error);
        if (read is not null)
            _bundles[file.Name] = read;
        return read;
    }

    public AuthorityFile? Authority(TlsFileName file, out string error)
    {
        error = "";
        if (_authorities.TryGetValue(file.Name, out AuthorityFile? known))
            return known;
        AuthorityFile? read = AuthorityFile.Read(file, out error);
        if (read is not null)
            _authorities[file.Name] = read;
        return read;
    }

    /// <summary>Another certificate under a name, also a new one.</summary>
    public void Put(CertificateBundle bundle) => _bundles[bundle.Name] = bundle;

    public bool Remove(string name) => _bundles.Remove(name);

    public void Put(AuthorityFile file) => _authorities[file.Name] = file;

    public bool RemoveAuthority(string name) => _authorities.Remove(name);
}
