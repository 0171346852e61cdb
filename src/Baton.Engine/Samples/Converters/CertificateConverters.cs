// Converters of what TLS says of certificates (manual 7.3.1).
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Engine.Samples.Converters;

internal static class CertificateConverters
{
    private static readonly byte[][] s_names = Names();

    private static byte[][] Names()
    {
        byte[][] names = new byte[TlsErrorSet.Last + 1][];
        for (int i = 0; i < names.Length; i++)
            names[i] = Encoding.ASCII.GetBytes(TlsErrorNames.Of(i)!);
        return names;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "x509_v_err_str",
            Input = SampleType.Integer,
            Output = SampleType.String,
            Summary = "name of a verification error, by its number",
            // COMPAT: an unknown number stays one
            Convert = (a, m, ref v) =>
            {
                if (v.Number < 0 || v.Number >= s_names.Length)
                    return SampleCast.To(SampleType.String, m, ref v);
                v.SetText(s_names[v.Number]);
                return true;
            },
        },
    ];
}
