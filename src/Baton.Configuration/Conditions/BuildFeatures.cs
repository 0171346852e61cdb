// What HAProxy calls features (USE_... of its build): the names that scripts look for in "haproxy -vv" and that the
// predicate "feature" knows, and which of them are true of Baton.
using System;
using System.Text;

namespace Baton.Configuration.Conditions;

public static class BuildFeatures
{
    private static readonly (string Name, bool Built)[] Rows =
    [
        ("51DEGREES", false),
        ("ACCEPT4", true),
        ("BACKTRACE", false),
        ("CLOSEFROM", false),
        ("CPU_AFFINITY", true),
        ("CRYPT_H", true),
        ("DEVICEATLAS", false),
        ("DL", false),
        ("ENGINE", false),
        ("EPOLL", true),
        ("EVPORTS", false),
        ("GETADDRINFO", true),
        ("KQUEUE", false),
        ("LIBCRYPT", true),
        ("LINUX_CAP", false),
        ("LINUX_SPLICE", true),
        ("LINUX_TPROXY", true),
        ("LUA", false),
        ("MATH", true),
        ("MEMORY_PROFILING", false),
        ("NETFILTER", true),
        ("NS", true),
        ("OBSOLETE_LINKER", false),
        ("OPENSSL", false),
        ("OPENSSL_AWSLC", false),
        ("OPENSSL_WOLFSSL", false),
        ("OT", false),
        ("PCRE", false),
        ("PCRE2", true),
        ("PCRE2_JIT", true),
        ("PCRE_JIT", false),
        ("POLL", false),
        ("PRCTL", true),
        ("PROCCTL", false),
        ("PROMEX", false),
        ("PTHREAD_EMULATION", false),
        ("QUIC", false),
        ("QUIC_OPENSSL_COMPAT", false),
        ("RT", false),
        ("SHM_OPEN", false),
        ("SLZ", false),
        ("SSL", false),
        ("STATIC_PCRE", false),
        ("STATIC_PCRE2", false),
        ("SYSTEMD", true),
        ("TFO", true),
        ("THREAD", true),
        ("THREAD_DUMP", false),
        ("TPROXY", true),
        ("WURFL", false),
        ("ZLIB", false),
    ];

    public static bool Has(string name) => Array.Exists(Rows, row => row.Built && row.Name == name);

    /// <summary>"-51DEGREES +ACCEPT4 ...", as "haproxy -vv" lists them.</summary>
    public static string Describe()
    {
        var text = new StringBuilder();
        foreach ((string name, bool built) in Rows)
            text.Append(text.Length > 0 ? " " : "").Append(built ? '+' : '-').Append(name);
        return text.ToString();
    }
}
