// A server line's TLS -> ServerTls: reads its files, settles what the line and the global defaults say, and tells what is wrong in
// HAProxy's words.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Engine.Tls;

namespace Baton.Engine.Build;

internal sealed class TlsServerBuilder(
    CertificateStore store,
    Configuration.Expressions.TlsUses uses,
    List<BuildError> errors,
    List<BuildError> warnings
)
{
    private void Fail(ServerState server, string message) =>
        errors.Add(new BuildError(server.Config.Position, $"'server {server.Backend.Name}/{server.Name}' : {message}"));

    /// <summary>What fetches and PROXY headers tell of TLS connections.</summary>
    internal static Configuration.Expressions.TlsUses UsesOf(ProcessConfig config)
    {
        const ProxyHeaderOptions ownCertificate = ProxyHeaderOptions.CertKey | ProxyHeaderOptions.CertSig;
        bool tells = config.Proxies.Exists(p => p.Servers.Exists(s => (s.ProxyHeader & ownCertificate) != 0));
        Configuration.Expressions.TlsUses asked = config.TlsUses;
        if (!config.Global.Tls.KeyLog)
            asked &= ~Configuration.Expressions.TlsUses.KeyLog;
        return asked | (tells ? Configuration.Expressions.TlsUses.OwnCertificate : 0);
    }

    /// <summary>Gives a server that is added at run time what its words say of TLS; what is wrong with them, empty for nothing.</summary>
    /// <param name="mayRead">Reads files that are not loaded already, as at a start.</param>
    public static string AddTo(ServerState server, bool mayRead)
    {
        EngineState engine = server.Backend.Engine;
        bool checksUseTls = server.Config.Check.On && (server.Config.Check.Ssl || server.HealthCheck.UsesTls);
        if (server.Config.Tls is not { IsPrepared: true } && !checksUseTls)
            return "";
        if (engine.OpenCertificates() is not { } store)
            return $"TLS needs OpenSSL: install {Interop.OpenSsl.LibSsl.Package}.";
        var errors = new List<BuildError>();
        lock (store.Lock)
        {
            bool wasClosed = store.IsClosed;
            store.IsClosed &= !mayRead;
            server.PreparedTls = new TlsServerBuilder(store, UsesOf(engine.Config), errors, []).Build(server, engine.WorkerCount);
            store.IsClosed = wasClosed;
        }
        server.SwitchTls(server.IsTlsInFile);
        server.CheckTls = server.Tls ?? (checksUseTls ? server.PreparedTls : null);
        return errors.Count > 0 ? errors[0].Message : "";
    }

    /// <summary>Null with an error when something is wrong.</summary>
    public TlsServerSide? Build(ServerState server, int workers)
    {
        TlsServerConfig line = server.Config.Tls ?? new();
        TlsOptionsConfig wide = store.Global.ServerDefaults;
        string who = $"server '{server.Name}'";
        if (TlsVersions.Of(line, wide, isBind: false, who, out string? warning) is not { } range)
        {
            Fail(server, $"backend '{server.Backend.Name}': all SSL/TLS versions are disabled for {who}.");
            return null;
        }
        if (warning is not null)
            warnings.Add(new BuildError(server.Config.Position, $"'server {server.Backend.Name}/{server.Name}' : {warning}"));
        TlsVerify verify =
            line.Verify != TlsVerify.Unset ? line.Verify
            : store.Global.TrustServers ? TlsVerify.None
            : TlsVerify.Required;
        if (verify == TlsVerify.Required && line.CaFile is null)
        {
            Fail(
                server,
                "verify is enabled by default but no CA file specified. If you're running on a LAN where you're certain to trust the "
                    + "server's certificate, please set an explicit 'verify none' statement on the 'server' line, or use "
                    + "'ssl-server-verify none' in the global section to disable server-side verifications by default."
            );
            return null;
        }
        if (
            !Authority(server, line.CaFile, false, out AuthorityFile? authority)
            || !Authority(server, line.CrlFile, true, out AuthorityFile? revoked)
        )
            return null;
        CertificateBundle? certificate = null;
        if (line.Certificate is { } file && (certificate = store.Bundle(file, out string why)) is null)
        {
            Fail(server, why + ".");
            return null;
        }
        var settings = new TlsSettings
        {
            Versions = range,
            Ciphers = line.Ciphers ?? wide.Ciphers,
            CipherSuites = line.CipherSuites ?? wide.CipherSuites,
            Curves = line.Curves ?? wide.Curves,
            SignatureAlgorithms = line.SignatureAlgorithms ?? wide.SignatureAlgorithms,
            ClientSignatureAlgorithms = line.ClientSignatureAlgorithms ?? wide.ClientSignatureAlgorithms,
            Alpn = line.Alpn ?? [],
            Verify = verify,
            Authorities = authority is null ? [] : [authority],
            Revoked = revoked,
            Tickets = line.Tickets ?? wide.Tickets ?? true,
            TakesEarlyData = line.AllowsEarlyData,
            Uses = uses,
            SecurityLevel = store.Global.SecurityLevel,
            SessionLifetime = store.Global.SessionLifetime,
        };
        var made = new ServerTls(line, settings, certificate, NameIndex(server), workers);
        if (made.Try() is { Length: > 0 } wrong)
        {
            Fail(server, wrong + ".");
            return null;
        }
        return made;
    }

    private static int NameIndex(ServerState server) => server.Config.Tls!.ServerName is { } sample ? NameIndex(server.Backend, sample) : 0;

    /// <summary>Where the backend's requests keep what the expression comes to. Servers with the same expression share a place.</summary>
    internal static int NameIndex(BackendState backend, Configuration.Expressions.SampleExpressionConfig sample)
    {
        int known = System.Array.FindIndex(backend.ServerNames, s => s.Text == sample.Text);
        if (known >= 0)
            return known;
        backend.ServerNames = [.. backend.ServerNames, sample];
        return backend.ServerNames.Length - 1;
    }

    private bool Authority(ServerState server, TlsFileName? file, bool isRevocations, out AuthorityFile? read)
    {
        read = null;
        if (file is null)
            return true;
        read = store.Authority(file, isRevocations, out string error);
        if (read is null)
            Fail(server, $"Couldn't open the ca-file '{file.Name}' ({error}).");
        return read is not null;
    }
}
