// Where OpenSSL has its algorithms from, for whoever asks.
// SAFETY: the callback runs on the calling thread, within the call that its handle lives for; names are OpenSSL's own.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

public static unsafe class ProviderNames
{
    /// <summary>The providers that are active.</summary>
    public static List<string> All()
    {
        var all = new List<string>();
        var handle = GCHandle.Alloc(all);
        Providers.OSSL_PROVIDER_do_all(0, &Note, GCHandle.ToIntPtr(handle));
        handle.Free();
        return all;
    }

    [UnmanagedCallersOnly]
    private static int Note(nint provider, nint handle)
    {
        try
        {
            if (GCHandle.FromIntPtr(handle).Target is List<string> all)
                all.Add(Marshal.PtrToStringUTF8((nint)Providers.OSSL_PROVIDER_get0_name(provider)) ?? "");
            return 1;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return 0;
        }
    }
}
