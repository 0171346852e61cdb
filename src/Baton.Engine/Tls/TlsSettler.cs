// What the levels of a configuration come to for handshakes of a bind line: a line of a crt-list, the bind line, the global defaults.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

/// <param name="bind">The bind line.</param>
/// <param name="uses">What fetches ask of its connections.</param>
internal sealed class TlsSettler(CertificateStore store, BindConfig bind, Configuration.Expressions.TlsUses uses)
{
    /// <summary>"bind ADDRESS at [file:line]", for messages.</summary>
    public string Place => $"bind '{(bind.Addresses.Count > 0 ? bind.Addresses[0].Text : "")}' at [{bind.Position}]";

    /// <summary>What is wrong with the file that could not be had, in the words of its option; empty for nothing.</summary>
    public string FileError { get; private set; } = "";

    /// <summary>What is wrong with the whole; empty for nothing.</summary>
    public string Error { get; private set; } = "";

    /// <summary>What is odd; null for nothing.</summary>
    public string? Warning { get; private set; }

    private AuthorityFile? AuthorityOf(TlsFileName? file, string word)
    {
        if (file is null)
            return null;
        AuthorityFile? read = store.Authority(file, word == "crl-file", out string error);
        if (read is null)
            FileError = $"'{word}' : unable to load {file.Name} ({error})";
        return read;
    }

    /// <summary>The settings; null with <see cref="Error"/> or <see cref="FileError"/>.</summary>
    /// <param name="own">The line of a crt-list; null for the bind line's own.</param>
    /// <param name="dhParameters">Those of the first certificate's file.</param>
    public TlsSettings? Settle(TlsListEntryConfig? own, byte[]? dhParameters)
    {
        TlsBindConfig line = bind.Tls;
        TlsOptionsConfig wide = store.Global.BindDefaults;
        Error = FileError = "";
        TlsOptionsConfig versions = own is { MinVersion: not TlsVersion.Unset } or { MaxVersion: not TlsVersion.Unset } ? own : line;
        if (TlsVersions.Of(versions, wide, isBind: true, Place, out string? warning) is not { } range)
        {
            Error = $"all SSL/TLS versions are disabled for {Place}.";
            return null;
        }
        Warning = warning;
        AuthorityFile? named = AuthorityOf(own?.CaFile ?? line.CaFile, "ca-file"),
            verifying = AuthorityOf(own?.CaVerifyFile ?? line.CaVerifyFile, "ca-verify-file"),
            revoked = AuthorityOf(own?.CrlFile ?? line.CrlFile, "crl-file");
        if (FileError.Length > 0)
            return null;
        TlsVerify verify = own is { Verify: not TlsVerify.Unset } ? own.Verify : line.Verify;
        List<AuthorityFile> authorities = [];
        if (named is not null)
            authorities.Add(named);
        if (verifying is not null)
            authorities.Add(verifying);
        if (verify is TlsVerify.Optional or TlsVerify.Required && authorities.Count == 0)
        {
            Error = $"verify is enabled but no CA file specified for {Place}.";
            return null;
        }
        string? curves = own?.Curves ?? own?.Ecdhe ?? line.Curves ?? line.Ecdhe ?? wide.Curves;
        return new TlsSettings
        {
            IsServer = true,
            Versions = range,
            Ciphers = own?.Ciphers ?? line.Ciphers ?? wide.Ciphers,
            CipherSuites = own?.CipherSuites ?? line.CipherSuites ?? wide.CipherSuites,
            Curves = curves,
            CurvesAreEcdhe = curves is not null && own?.Curves is null && line.Curves is null && curves != wide.Curves,
            SignatureAlgorithms = own?.SignatureAlgorithms ?? line.SignatureAlgorithms ?? wide.SignatureAlgorithms,
            ClientSignatureAlgorithms = own?.ClientSignatureAlgorithms ?? line.ClientSignatureAlgorithms ?? wide.ClientSignatureAlgorithms,
            Alpn = own?.Alpn ?? line.Alpn ?? [],
            Verify = verify,
            Authorities = authorities,
            Named = line.NoCaNames || own is { NoCaNames: true } ? null : named,
            Revoked = revoked,
            IgnoredCertificateErrors = line.IgnoredCertificateErrors,
            IgnoredAuthorityErrors = line.IgnoredAuthorityErrors,
            Tickets = line.Tickets ?? wide.Tickets ?? true,
            TakesEarlyData =
                (line.AllowsEarlyData || own is { AllowsEarlyData: true }) && range.Highest == TlsVersion.Tls13 && !store.Sessions.IsOff,
            PreferClientCiphers = line.PreferClientCiphers || wide.PreferClientCiphers,
            Uses = uses,
            CaptureBytes = store.Global.CaptureBytes,
            SecurityLevel = store.Global.SecurityLevel,
            SessionLifetime = store.Global.SessionLifetime,
            DhBits = store.Global.DhBits,
            DhParameters = dhParameters ?? store.DhParameters,
        };
    }
}
