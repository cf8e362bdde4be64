#include "flow/gauss.h"

double karvan_i_gauss(double (*f)(const void *ctx, double x), const void *ctx, double from,
                      double to) {
    static const double point[] = {0.095012509837637440185, 0.28160355077925891323,
                                   0.45801677765722738634,  0.61787624440264374845,
                                   0.75540440835500303390,  0.86563120238783174388,
                                   0.94457502307323257608,  0.98940093499164993260};
    static const double weight[] = {0.18945061045506849629,  0.18260341504492358887,
                                    0.16915651939500253819,  0.14959598881657673208,
                                    0.12462897125553387205,  0.095158511682492784810,
                                    0.062253523938647892863, 0.027152459411754094852};
    double half = (to - from) / 2, middle = from + half, sum = 0;
    for (int i = 0; i < 8; i++) {
        double d = half * point[i];
        sum += weight[i] * (f(ctx, middle - d) + f(ctx, middle + d));
    }
    return half * sum;
}
