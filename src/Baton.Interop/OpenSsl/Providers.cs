// OSSL_PROVIDER_*: where OpenSSL has its algorithms from.
// SAFETY: declarations only; the callback runs on the calling thread, and names are OpenSSL's own.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Providers
{
    /// <summary>(OSSL_PROVIDER*, void* argument), for each that is active: 0 ends it.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int OSSL_PROVIDER_do_all(nint library, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(LibSsl.Crypto)]
    public static partial byte* OSSL_PROVIDER_get0_name(nint provider);
}
