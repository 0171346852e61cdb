// An OCSP responder for a test's certificates: openssl's.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace Baton.Conformance.Harness;

public sealed class OcspResponder : IDisposable
{
    private readonly Process _process;

    /// <summary>Answers that a certificate is valid ("V") or revoked ("R").</summary>
    public OcspResponder(string directory, int port, TestCertificates authority, X509Certificate2 certificate, string state = "V")
    {
        string index = Path.Combine(directory, $"index.{Guid.NewGuid():N}"),
            revoked = state == "R" ? "261101000000Z" : "";
        File.WriteAllText(index, $"{state}\t301231235959Z\t{revoked}\t{certificate.SerialNumber}\tunknown\t/CN=x\n");
        string[] arguments =
        [
            "ocsp",
            "-index",
            index,
            "-port",
            port.ToString(CultureInfo.InvariantCulture),
            "-CA",
            authority.AuthorityFile,
            "-rsigner",
            authority.AuthorityFile,
            "-rkey",
            authority.WriteKey(),
            "-nmin",
            "60",
            "-ignore_err",
        ];
        var info = new ProcessStartInfo("openssl", (IEnumerable<string>)arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(info)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        AwaitPort(port);
    }

    /// <summary>Without a connection: it takes one at a time, and waits for what that one asks.</summary>
    private static void AwaitPort(int port)
    {
        for (var waited = Stopwatch.StartNew(); waited.ElapsedMilliseconds < Patience.Ms; Thread.Sleep(20))
            if (Array.Exists(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), l => l.Port == port))
                return;
        throw new IOException("the responder does not listen");
    }

    private bool _hasEnded;

    public void Dispose()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
