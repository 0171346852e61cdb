// Where OpenSSL has its algorithms from, for whoever asks.
// SAFETY: the callback runs on the calling thread, within the call that its handle lives for; names are OpenSSL's own.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

public static unsafe class ProviderNames
{
    private static bool Call(string text, System.Func<nint, bool> call)
    {
        fixed (byte* p = System.Text.Encoding.UTF8.GetBytes(text + "\0"))
            return call((nint)p);
    }

    /// <summary>ssl-provider-path, ssl-provider and ssl-propquery, before anything else is asked of OpenSSL. What is wrong, or
    /// null.</summary>
    public static string? Load(Configuration.Model.TlsGlobalConfig global)
    {
        if (global.ProviderPath is { } path && !Call(path, p => Providers.OSSL_PROVIDER_set_default_search_path(0, (byte*)p) == 1))
            return $"'ssl-provider-path' : '{path}' is refused by OpenSSL : {LibErrors.TakeReason()}.";
        foreach (string name in global.Providers)
            if (!Call(name, p => Providers.OSSL_PROVIDER_load(0, (byte*)p) != 0))
                return $"'ssl-provider' : unable to load provider '{name}' : {LibErrors.TakeReason()}.";
        if (global.PropertyQuery is { } query && !Call(query, p => Providers.EVP_set_default_properties(0, (byte*)p) == 1))
            return $"'ssl-propquery' : unable to set the default property query '{query}' : {LibErrors.TakeReason()}.";
        return null;
    }

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
