// OSSL_PROVIDER_*: where OpenSSL has its algorithms from.
// SAFETY: declarations only; the callback runs on the calling thread, and names are OpenSSL's own.
using System.Runtime.InteropServices;

namespace Baton.Interop.OpenSsl;

public static unsafe partial class Providers
{
    /// <summary>(OSSL_PROVIDER*, void* argument), for each that is active: 0 ends it.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int OSSL_PROVIDER_do_all(nint library, delegate* unmanaged<nint, nint, int> callback, nint argument);

    /// <summary>0 when there is none of that name. Once one is loaded so, the default one has to be too.</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial nint OSSL_PROVIDER_load(nint library, byte* name);

    [LibraryImport(LibSsl.Crypto)]
    public static partial int OSSL_PROVIDER_set_default_search_path(nint library, byte* path);

    /// <summary>What every algorithm that is looked up must have: "fips=yes".</summary>
    [LibraryImport(LibSsl.Crypto)]
    public static partial int EVP_set_default_properties(nint library, byte* query);

    [LibraryImport(LibSsl.Crypto)]
    public static partial byte* OSSL_PROVIDER_get0_name(nint provider);
}
