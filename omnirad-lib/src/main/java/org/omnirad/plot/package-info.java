/** Charts and pictures of reports, features and images. */
package org.omnirad.plot;
