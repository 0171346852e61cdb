// An OCSP response that is worth sending to clients: one certificate, a known state, in time.
// SAFETY: OpenSSL's objects are freed before the call ends; what get0 gives is used before that.
using System;
using System.Text;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>Never changes; any thread.</summary>
public sealed unsafe class OcspResponse
{
    /// <summary>COMPAT: seconds by which clocks may differ.</summary>
    private const int Doubt = 300;

    private OcspResponse(byte[] der, byte[] id) => (Der, Id) = (der, id);

    public byte[] Der { get; }

    /// <summary>Which certificate it is about, in DER.</summary>
    public byte[] Id { get; }

    /// <summary>When it is no longer to be sent, in seconds of 1970.</summary>
    public long ExpiresAt { get; private init; }

    /// <summary>The response; null with the reason, in HAProxy's words, when it is not worth sending.</summary>
    public static OcspResponse? Parse(ReadOnlySpan<byte> der, out string error)
    {
        nint response = Decode(der);
        if (response == 0)
        {
            error = "Unable to parse OCSP response";
            return null;
        }
        nint basic = 0;
        try
        {
            if (Ocsp.OCSP_response_status(response) != Ocsp.RESPONSE_STATUS_SUCCESSFUL)
            {
                error = "OCSP response status not successful";
                return null;
            }
            basic = Ocsp.OCSP_response_get1_basic(response);
            if (basic == 0)
            {
                error = "Failed to get basic response from OCSP Response";
                return null;
            }
            return Judge(basic, der, out error);
        }
        finally
        {
            if (basic != 0)
                Ocsp.OCSP_BASICRESP_free(basic);
            Ocsp.OCSP_RESPONSE_free(response);
            LibErrors.ERR_clear_error();
        }
    }

    private static nint Decode(ReadOnlySpan<byte> der)
    {
        fixed (byte* p = der)
        {
            byte* at = p;
            nint response = der.IsEmpty ? 0 : Ocsp.d2i_OCSP_RESPONSE(0, &at, der.Length);
            if (response == 0)
                LibErrors.ERR_clear_error();
            return response;
        }
    }

    private static OcspResponse? Judge(nint basic, ReadOnlySpan<byte> der, out string error)
    {
        int count = Ocsp.OCSP_resp_count(basic);
        if (count > 1)
        {
            error = $"OCSP response ignored because contains multiple single responses ({count})";
            return null;
        }
        nint single = Ocsp.OCSP_resp_get0(basic, 0);
        if (single == 0)
        {
            error = "Failed to get OCSP single response";
            return null;
        }
        int reason,
            days,
            seconds;
        nint revoked,
            since,
            until;
        int status = Ocsp.OCSP_single_get0_status(single, &reason, &revoked, &since, &until);
        error =
            status is not (Ocsp.CERTSTATUS_GOOD or Ocsp.CERTSTATUS_REVOKED) ? "OCSP single response: certificate status is unknown"
            : until == 0 ? "OCSP single response: missing nextupdate"
            : Ocsp.OCSP_check_validity(since, until, Doubt, -1) != 1 ? "OCSP single response: no longer valid."
            : Ocsp.ASN1_TIME_diff(&days, &seconds, 0, until) != 1 ? "OCSP single response: Invalid \"Next Update\" time"
            : "";
        if (error.Length > 0)
            return null;
        Ocsp.ASN1_TIME_diff(&days, &seconds, 0, until);
        return new OcspResponse(der.ToArray(), IdOf(single))
        {
            ExpiresAt = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + days * 86400L + seconds,
        };
    }

    private static byte[] IdOf(nint single)
    {
        byte* bytes = null;
        int length = Ocsp.i2d_OCSP_CERTID(Ocsp.OCSP_SINGLERESP_get0_id(single), &bytes);
        byte[] id = length > 0 ? new ReadOnlySpan<byte>(bytes, length).ToArray() : [];
        LibMemory.CRYPTO_free(bytes, null, 0);
        return id;
    }

    /// <summary>Whether it is signed by who may speak for the authority: itself, or one it has given that right to.</summary>
    public bool IsSignedFor(byte[] issuer)
    {
        nint response = Decode(Der),
            basic = response == 0 ? 0 : Ocsp.OCSP_response_get1_basic(response),
            certificate = CertificateBundle.Parse(issuer),
            stack = X509.OPENSSL_sk_new_null(),
            store = X509.X509_STORE_new();
        bool isSigned = false;
        if (basic != 0 && certificate != 0 && stack != 0 && store != 0)
        {
            X509.OPENSSL_sk_push(stack, certificate);
            X509.X509_STORE_add_cert(store, certificate);
            isSigned = Ocsp.OCSP_basic_verify(basic, stack, store, Ocsp.TRUSTOTHER) == 1;
        }
        if (store != 0)
            X509.X509_STORE_free(store);
        if (stack != 0)
            X509.OPENSSL_sk_free(stack);
        if (certificate != 0)
            X509.X509_free(certificate);
        if (basic != 0)
            Ocsp.OCSP_BASICRESP_free(basic);
        if (response != 0)
            Ocsp.OCSP_RESPONSE_free(response);
        LibErrors.ERR_clear_error();
        return isSigned;
    }

    /// <summary>All it says, as OpenSSL prints it.</summary>
    public string Describe()
    {
        nint response = Decode(Der),
            bio = Bio.BIO_new(Bio.BIO_s_mem());
        var text = new StringBuilder();
        if (response != 0 && bio != 0 && Ocsp.OCSP_RESPONSE_print(bio, response, 0) == 1)
        {
            const int size = 4096;
            byte* part = stackalloc byte[size];
            for (int n; (n = Bio.BIO_read(bio, part, size)) > 0; )
                text.Append(Encoding.Latin1.GetString(part, n));
        }
        if (bio != 0)
            Bio.BIO_free(bio);
        if (response != 0)
            Ocsp.OCSP_RESPONSE_free(response);
        LibErrors.ERR_clear_error();
        return text.ToString();
    }
}
