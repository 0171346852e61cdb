// OCSP_*: what an authority says of one certificate's revocation (RFC 6960).
// SAFETY: declarations only. What d2i and get1 make is freed by the caller, what get0 gives belongs to what it was asked of.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Ocsp
{
    public const int RESPONSE_STATUS_SUCCESSFUL = 0;

    /// <summary>OCSP_single_get0_status.</summary>
    public const int CERTSTATUS_GOOD = 0,
        CERTSTATUS_REVOKED = 1,
        CERTSTATUS_UNKNOWN = 2;

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint d2i_OCSP_RESPONSE(nint into, byte** der, nint length);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void OCSP_RESPONSE_free(nint response);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_response_status(nint response);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OCSP_response_get1_basic(nint response);

    [LibraryImport(LibSsl.Crypto)]
    public static partial void OCSP_BASICRESP_free(nint basic);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_resp_count(nint basic);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OCSP_resp_get0(nint basic, int index);

    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OCSP_SINGLERESP_get0_id(nint single);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int i2d_OCSP_CERTID(nint id, byte** der);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_single_get0_status(nint single, int* reason, nint* revoked, nint* thisUpdate, nint* nextUpdate);

    /// <summary>1 when the times are such that it holds now, with so many seconds of doubt; -1 for no greatest age.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_check_validity(nint thisUpdate, nint nextUpdate, nint doubt, nint greatestAge);

    /// <summary>1 when it is signed by who may: with a certificate of its own that an authority of the store or chain is above.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_basic_verify(nint basic, nint certificates, nint store, nuint flags);

    /// <summary>Certificates of the chain are believed.</summary>
    public const nuint TRUSTOTHER = 0x200;

    /// <summary>From now to that time: days and seconds.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int ASN1_TIME_diff(int* days, int* seconds, nint from, nint to);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OCSP_RESPONSE_print(nint bio, nint response, nuint flags);
}
